import assert from 'node:assert/strict';
import { javaAdvice, pythonAdvice, venvAdvice } from '../../../server/runtimes/packageAdvice.ts';

const linux = (osRelease: string, superuser = false): Parameters<typeof javaAdvice>[0] => ({
  platform: 'linux',
  superuser,
  osRelease,
});
const debian12 = 'PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nID=debian\n';

describe('packageAdvice', () => {
  const javas: [name: string, osRelease: string, expected: string][] = [
    ['Debian 12', debian12, '`sudo apt-get install openjdk-17-jre-headless`'],
    ['Debian 13', 'VERSION_ID="13"\nID=debian', '`sudo apt-get install openjdk-21-jre-headless`'],
    ['Debian testing', 'ID=debian', '`sudo apt-get install openjdk-21-jre-headless`'],
    [
      'Ubuntu',
      'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"',
      '`sudo apt-get install openjdk-17-jre-headless`',
    ],
    ['Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"', '`sudo apt-get install openjdk-17-jre-headless`'],
    ['Rocky', 'ID="rocky"\nID_LIKE="rhel centos fedora"', '`sudo dnf install java-21-openjdk-headless`'],
    ['Arch', 'ID=arch', '`sudo pacman -S jre21-openjdk-headless`'],
    ['what is unknown', '', 'Install Java 17 or 21'],
  ];
  for (const [name, osRelease, expected] of javas)
    it(`names a Java for ${name}`, () => {
      assert.ok(javaAdvice(linux(osRelease)).includes(expected), javaAdvice(linux(osRelease)));
    });

  it('leaves sudo out for who is root already', () => {
    assert.match(javaAdvice(linux(debian12, true)), /`apt-get install openjdk-17-jre-headless`/);
  });

  it('names Homebrew on macOS', () => {
    const mac = { platform: 'darwin', superuser: false, osRelease: '' } as const;
    assert.match(javaAdvice(mac), /brew install openjdk@21/);
    assert.match(pythonAdvice(mac), /brew install python/);
  });

  it("names Debian's venv package for the Pythons of the system, and only for those", () => {
    const of = (path: string): string => venvAdvice(linux(debian12), { path, version: '3.11.2' });
    assert.match(of('/usr/bin/python3'), /`sudo apt-get install python3-venv`/);
    assert.match(of('/usr/bin/python3.12'), /`sudo apt-get install python3\.12-venv`/);
    assert.doesNotMatch(of('/opt/python/bin/python3'), /apt-get/);
  });
});
