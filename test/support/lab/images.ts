// The images of a lab: each is this machine's files with a layer over them, as a container image is made of layers.
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface Image {
  /** What runs when the pod names no command. */
  readonly command: readonly string[];
  /** The system user of this machine that it runs as. */
  readonly user: string;
  /** Where it begins, and HOME. */
  readonly home: string;
  /** Path -> text, over this machine's files. A text that begins with `#!` can be run. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path -> where it leads. */
  readonly links?: Readonly<Record<string, string>>;
  /** Files and folders of this machine that the image does not have. */
  readonly without?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the registry has; tests may add to it and take away. The name is the one in the pod, with its tag. */
export type Images = Map<string, Image>;

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Makes the layers of images, each once, under `folder`. */
export function layerMaker(folder: string): (image: Image) => Promise<string> {
  const made = new Map<Image, Promise<string>>();
  const make = async (image: Image): Promise<string> => {
    const layer = join(folder, `layer-${made.size}`);
    mkdirSync(layer, { recursive: true, mode: 0o755 });
    const at = (path: string) => {
      const place = join(layer, path);
      mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
      return place;
    };
    // A plain file where this machine may have a link: each container's own is put over it.
    for (const name of ['resolv.conf', 'hosts', 'hostname']) writeFileSync(at(`/etc/${name}`), '');
    for (const [path, text] of Object.entries(image.files ?? {})) {
      writeFileSync(at(path), text);
      chmodSync(join(layer, path), text.startsWith('#!') ? 0o755 : 0o644);
    }
    for (const [path, to] of Object.entries(image.links ?? {})) symlinkSync(to, at(path));
    // How a layer says that something below it is not there.
    for (const path of image.without ?? []) await promisify(execFile)('mknod', [at(path), 'c', '0', '0']);
    const { uid, gid } = idsOf(image.user);
    if (image.home !== '/') {
      mkdirSync(join(layer, image.home), { recursive: true });
      chownSync(join(layer, image.home), uid, gid);
    }
    return layer;
  };
  return (image) => {
    const known = made.get(image) ?? make(image);
    made.set(image, known);
    return known;
  };
}

/** The numbers of a user of this machine, which are those in the containers. */
export function idsOf(user: string): UserIds {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === user);
  if (!entry) throw new Error(`this machine has no user ${user}`);
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
