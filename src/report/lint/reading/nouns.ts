/** The words that carry what a sentence is about, so that two sentences can be seen to be about the same thing. */

const common = new Set(
  'about above absolutely access across action actually after again against ahead almost along already also although always among another anyone anything are area around because become been before began being below better between both bring came cannot case change come consider could days didn does doing done down during each either else encourage encouraged enough ensure even ever every everyone everything exactly fact feel find first follow followed from full further future gets give given goes going good great happen happened happens hard have having help here high hour hours however idea important improve incident including instead into issue item items just keep keeping kept know known large last later least less like likely list long look looking lot made main make making many maybe mean means might minute minutes more most much must near need needed needs never next nobody none normal nothing note often once only other others ours over part people person place please point possible prevent probably problem put quickly quite rather ready really reason regards reported same seem seems several shall short should similar since small some somebody someone something sometimes soon sort still stop strongly such sure take taken task tasks team than that their them then there these they thing things think this those though through time times together took toward towards tried true turn under understand understood unknown until upon used useful uses using usual very wait want wanted ways week weeks well went were what when where whether which while who whole whom whose why will with within without wonder work working works worth would year years your'.split(
    ' ',
  ),
);

/** A word without the ends that number and tense put on it; the same for `backups` and `backup`, `monitoring` and `monitor`. */
function stem(word: string): string {
  const one = word.endsWith('ies') && word.length > 5 ? `${word.slice(0, -3)}y` : word;
  for (const end of ['ations', 'ation', 'ings', 'ing', 'edly', 'ers', 'er', 'ed', 'es', 's'])
    if (one.endsWith(end) && one.length - end.length >= 4) return one.slice(0, -end.length).replace(/e$/, '');
  return one.endsWith('s') && one.length > 3 ? one.slice(0, -1) : one.replace(/(?<=\w{4})e$/, '');
}

/** Stems of four letters and more, and names with digits; without those that any report has. */
export function nounsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [word] of text
    .toLowerCase()
    .replace(/[’']s\b/g, '')
    .matchAll(/[\p{L}\p{N}]+/gu)) {
    if (word.length < 3 || word.length > 40 || common.has(word)) continue;
    if (
      word.length === 3 &&
      !/^(?:pvc|pod|dns|tls|cpu|ram|sql|ssl|api|cdn|vpn|nfs|ssh|iam|git|hpa|lag|wal)$/.test(word)
    )
      continue;
    if (/^\d+$/.test(word)) continue;
    found.add(stem(word));
  }
  return found;
}

/** How many of `a` are in `b`. */
export function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0;
  for (const word of a) if (b.has(word)) count += 1;
  return count;
}

/** About the same thing: they share two of those words, or half of the shorter one's when it has few. */
export function sharesNouns(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const fewest = Math.min(a.size, b.size);
  return fewest > 0 && shared(a, b) >= Math.min(2, Math.ceil(fewest / 2));
}
