/** The long form is for `npm run test:chaos`; `npm test` runs the short one. */
export const isLong: boolean = process.env['SPARKDECK_CHAOS'] === 'long';

export const inForm = (short: number, long: number): number => (isLong ? long : short);
