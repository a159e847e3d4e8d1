/** How long an application had how many cores, and for how much of that it had a job for them. */
export class CoreTime {
  #beganAt: number | undefined;
  #now = 0;
  #cores = 0;
  #mostCores = 0;
  #jobs = 0;
  #jobTime = 0;
  #coreTime = 0;
  #jobCoreTime = 0;

  get cores(): number {
    return this.#cores;
  }

  /**
   * Something happened then, so the time until then has passed.
   * @param at milliseconds since 1970; events may be a little out of order, and time doesn't run backwards
   */
  advance(at: number): void {
    if (at <= 0) return;
    // In local mode the executor is told before the application.
    if (this.#beganAt === undefined || at < this.#beganAt) this.#beganAt = at;
    if (at <= this.#now) return;
    if (this.#now > 0) {
      const passed = at - this.#now;
      this.#coreTime += passed * this.#cores;
      if (this.#jobs > 0) {
        this.#jobTime += passed;
        this.#jobCoreTime += passed * this.#cores;
      }
    }
    this.#now = at;
  }

  /** @param change cores more, or fewer when negative */
  coresChanged(change: number): void {
    this.#cores = Math.max(0, this.#cores + change);
    this.#mostCores = Math.max(this.#mostCores, this.#cores);
  }

  jobStarted(): void {
    this.#jobs++;
  }

  jobEnded(): void {
    this.#jobs = Math.max(0, this.#jobs - 1);
  }

  /** Milliseconds, and the most cores that there were at once. */
  figures(): { cores: number; wallTime: number; jobTime: number; coreTime: number; jobCoreTime: number } {
    return {
      cores: this.#mostCores,
      wallTime: this.#beganAt === undefined ? 0 : this.#now - this.#beganAt,
      jobTime: this.#jobTime,
      coreTime: this.#coreTime,
      jobCoreTime: this.#jobCoreTime,
    };
  }
}
