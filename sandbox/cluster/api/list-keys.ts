/** Which lists are sets of named things: the key by which a strategic merge and field ownership know their items. */

const KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  conditions: ['type'],
  addresses: ['type'],
  ownerReferences: ['uid'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  ports: ['containerPort', 'port'],
};

/** The key of a list's items: the first of the candidates that its items have; undefined for a list that is one value. */
export function keyOfList(field: string, items: readonly unknown[]): string | undefined {
  return KEYS[field]?.find((key) =>
    items.every((item) => typeof item === 'object' && item !== null && (key in item || '$patch' in item)),
  );
}
