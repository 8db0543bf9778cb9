/** Names of kept files in a folder: whatever somebody called a file, it lies in that folder. */
import { describe, expect, it } from 'vitest';
import { safeName } from '../../src/cli/kept-files.ts';

describe('a safe name', () => {
  it.each([
    ['disk.png', 'disk.png'],
    ['Müller über 100 %.png', 'Müller über 100 %.png'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..', 'file'],
    ['', 'file'],
    ['.bashrc', 'bashrc'],
    ['/etc/x', '_etc_x'],
    ['C:\\x.txt', 'C_x.txt'],
    ['a\nb\u001b[31m.png', 'a_b_[31m.png'],
    ['gpj.\u202Eexe', 'gpj._exe'],
    ['障害.png', '障害.png'],
  ])('%j', (given, expected) => {
    expect(safeName(given)).toBe(expected);
  });

  it('fits a file system, with its ending', () => {
    for (const name of [`${'x'.repeat(999)}.png`, `${'障'.repeat(300)}.png`, `a.${'e'.repeat(999)}`]) {
      const safe = safeName(name);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
      expect(safe).toMatch(/\.(png|e+)$/);
      expect(safe).not.toContain('�');
    }
  });
});
