// Services' addresses inside a pod's network, by the kernel's own address translation, as kube-proxy does it.
import { spawn } from 'node:child_process';

export interface ServiceRule {
  /** The Service's own address and port. */
  readonly address: string;
  readonly port: number;
  /** Where it leads, chosen at random for each connection; nowhere: refused. */
  readonly to: readonly { readonly address: string; readonly port: number }[];
}

/**
 * Replaces all rules of the network of the process `sandbox` at once. The address of a connection stays that of the pod
 * which opened it. Throws when the process is gone.
 */
export async function applyRules(sandbox: number, rules: readonly ServiceRule[]): Promise<void> {
  const led = rules.map((rule) => [rule, target(rule.to)] as const);
  const lines = [
    'table ip services',
    'flush table ip services',
    'table ip services {',
    '  chain lead { type nat hook output priority -100;',
    ...led.flatMap(([rule, to]) => (to ? [`    ${match(rule)} dnat to ${to}`] : [])),
    '  }',
    '  chain refuse { type filter hook output priority 0;',
    ...led.flatMap(([rule, to]) => (to ? [] : [`    ${match(rule)} reject with tcp reset`])),
    '  }',
    '}',
  ];
  await new Promise<void>((done, fail) => {
    const nft = spawn('nsenter', ['--target', String(sandbox), '--net', 'nft', '-f', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    let said = '';
    nft.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    nft.on('error', fail);
    nft.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`the rules of Services were refused: ${said.trim()}`)),
    );
    nft.stdin.on('error', () => undefined);
    nft.stdin.end(`${lines.join('\n')}\n`);
  });
}

const match = (rule: ServiceRule) => `ip daddr ${rule.address} tcp dport ${rule.port}`;

function target(to: ServiceRule['to']): string | undefined {
  const [first, ...others] = to;
  if (!first) return undefined;
  if (others.length === 0) return `${first.address}:${first.port}`;
  const choices = to.map(({ address, port }, index) => `${index} : ${address} . ${port}`);
  return `numgen random mod ${to.length} map { ${choices.join(', ')} }`;
}
