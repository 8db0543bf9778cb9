// The shell scripts that make a pod's sandbox and a container: the kernel's namespaces, as a container runtime uses them.

/**
 * Begins in new network, host name and IPC namespaces: joins the pod's network to the lab's bridge, says "ready" and
 * then only holds the namespaces. Arguments: pod name, pid of a process in the machine's network, bridge, name of the
 * outer end, address, gateway, hardware address.
 */
export const sandboxScript = `set -e
hostname "$1"
nsenter --target "$2" --net ip link add "$4" master "$3" up type veth peer name eth0 address "$7" netns $$
ip link set lo up
ip address add "$5/24" dev eth0
ip link set eth0 up
ip route add default via "$6"
echo ready
exec sleep infinity
`;

/**
 * Begins in new mount and PID namespaces, inside the pod's. Its root becomes this machine's files below the image's
 * layer below what the container writes; then come the volumes, and at last its own program. Arguments: the
 * container's folder, the layers, user, group, working folder, program and its arguments. The folder has \`upper\`,
 * \`work\`, \`root\` and \`mounts\`: lines of source, place and ro or rw, with tabs. Says "ready" on descriptor 3 inside
 * the new root: whoever enters from then on is in the container. Its program begins when there is a line on descriptor 4:
 * it may end at once, and whoever started it has to be there to see that.
 */
export const containerScript = `set -e
D=$1 L=$2 U=$3 G=$4 W=$5
shift 5
R=$D/root
mount -t overlay overlay -o "lowerdir=$L,upperdir=$D/upper,workdir=$D/work" "$R"
mount -t proc proc "$R/proc"
mount --rbind /dev "$R/dev"
mount -t tmpfs -o mode=1777 tmpfs "$R/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mkdir -p "$R/run/lock" "$R/run/postgresql" "$R/.mounts"
chmod 1777 "$R/run/lock" "$R/run/postgresql"
chmod 700 "$R/.mounts"
cp "$D/mounts" "$R/.mounts/list"
n=0
while IFS='\t' read -r from to mode; do
  n=$((n + 1))
  if [ -d "$from" ]; then mkdir "$R/.mounts/$n"; else : >"$R/.mounts/$n"; fi
  mount --bind "$from" "$R/.mounts/$n"
done <"$D/mounts"
exec chroot "$R" /bin/sh -c '
set -e
U=$1 G=$2 W=$3
shift 3
n=0
while IFS="\t" read -r from to mode; do
  n=$((n + 1))
  if [ -d /.mounts/$n ]; then mkdir -p "$to"; else mkdir -p "\${to%/*}"; [ -e "$to" ] || : >"$to"; fi
  mount --bind /.mounts/$n "$to"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$to"
done </.mounts/list
echo ready >&3
exec 3>&-
read -r go <&4
exec 4<&-
exec setpriv --reuid "$U" --regid "$G" --init-groups env --chdir="$W" "$@"
' sh "$U" "$G" "$W" "$@"
`;
