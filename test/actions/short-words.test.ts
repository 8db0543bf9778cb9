// What another program says, in one line of ours: no markup, no bytes, no secrets.
import { describe, expect, it } from 'vitest';
import { shortWords } from '../../src/actions/redact/short-words.ts';

describe('the words of another program', () => {
  it.each([
    ['two\n lines\t', 'two lines'],
    ['', ''],
    [
      '<!DOCTYPE html><html><head><title>502</title></head><body>Bad <b>Gateway</b></body></html>',
      'a web page (502 Bad Gateway)',
    ],
    ['  <HTML><body></body></HTML>', 'a web page'],
    ['DOCTYPE html><html><body>cut at both ends</bo', 'a web page (cut at both ends)'],
    ['a < b and <c>', 'a < b and <c>'],
    ['\u0000\u0001ERROR\ufffd\ufffd: \u001b[31mno', 'ERROR : [31mno'],
  ])('%j: %j', (text, line) => {
    expect(shortWords(text, 200)).toBe(line);
  });

  it('are cut after their secrets are out, pages too', () => {
    const page = `<html><body>login postgres://app:hunter22@db/app ${'x '.repeat(5000)}</body></html>`;
    const line = shortWords(page, 80);
    expect(line).toHaveLength(80);
    expect(line).not.toContain('hunter22');
    expect(line).toMatch(/^a web page \(login .*…$/);
  });

  it('are found in no time, whatever they are', () => {
    for (const text of ['<html', '<html>', '<script', '<!doctype ', '< <html ', '\ufffd']) {
      expect(shortWords(text.repeat(100_000), 300).length).toBeLessThanOrEqual(300);
    }
  });
});
