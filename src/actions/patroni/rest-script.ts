/** The program that asks a member's REST API from inside its pod, where its login is. */

/**
 * Arguments: method, path, body, system identifier, address as this bot knows it, seconds. Prints one line of JSON:
 * `code` and `body` of the answer, or `unsent` and why (nothing was sent), or `lost` and why (it may have arrived).
 * Plain Python 3, which is wherever Patroni is: images differ in whether they have curl, and where patronictl finds its
 * settings. The login comes from Patroni's own environment or settings file, is used there and never leaves the pod.
 * Processes are looked at only in this container: the same host name and the same file system.
 * With a system identifier, a member that says another one is not written to.
 */
export const REST_SCRIPT = String.raw`
import base64, glob, http.client, json, os, re, ssl, sys
method, path, body, system, given, seconds = sys.argv[1:7]
e = os.environ
def out(**k):
  print(json.dumps(k)); sys.exit(0)
def ours(p):
  try:
    mine = os.readlink('/proc/self/ns/mnt') == os.readlink(p + '/ns/mnt')
    return mine and ('HOSTNAME=' + e.get('HOSTNAME', '')) in open(p + '/environ', 'rb').read().decode('utf-8', 'replace').split('\0')
  except OSError: return False
def files():
  for k in ('PATRONI_CONFIG_FILE', 'PATRONI_CONFIG', 'PATRONICTL_CONFIG_FILE'):
    if e.get(k): yield e[k]
  for p in glob.glob('/proc/[0-9]*'):
    try: words = open(p + '/cmdline', 'rb').read().decode('utf-8', 'replace').split('\0')
    except OSError: continue
    if any('patroni' in w for w in words[:4]) and ours(p):
      for w in words:
        if re.search(r'\.ya?ml$', w): yield w
  for f in ('/home/postgres/postgres.yml', '/run/postgres.yml', '/home/postgres/patroni.yml', '/etc/patroni/patroni.yml', '/etc/patroni/config.yml', '/etc/patroni.yml', '/etc/patroni/config.yaml'): yield f
  for f in sorted(glob.glob('/etc/patroni/*.y*ml')): yield f
def read(f):
  try: text = open(f).read()
  except OSError: return {}
  try:
    import yaml
    got = yaml.safe_load(text)
    return got if isinstance(got, dict) else {}
  except Exception: pass
  try: return json.loads(text)
  except ValueError: pass
  m = re.search(r'(?ms)^restapi:\s*\n((?:[ \t]+.*\n?|\s*\n)+)', text)
  part = m.group(1) if m else ''
  def one(k):
    x = re.search(r'(?m)\b' + k + r':\s*["\']?([^"\'\s,}]+)', part)
    return x.group(1) if x else None
  login = {'username': one('username'), 'password': one('password')}
  return {'restapi': {'connect_address': one('connect_address'), 'listen': one('listen'), 'certfile': one('certfile'), 'authentication': login if login['username'] else {}}}
conf = {}
for f in files():
  got = read(f)
  if got.get('restapi'):
    conf = got; break
rest = conf.get('restapi') or {}
ctl = conf.get('ctl') or {}
login = (ctl.get('authentication') or rest.get('authentication')) or {}
user = e.get('PATRONI_RESTAPI_USERNAME') or login.get('username')
word = e.get('PATRONI_RESTAPI_PASSWORD') or login.get('password')
tls = bool(e.get('PATRONI_RESTAPI_CERTFILE') or rest.get('certfile'))
places = [e.get('PATRONI_RESTAPI_CONNECT_ADDRESS'), rest.get('connect_address')]
listen = str(e.get('PATRONI_RESTAPI_LISTEN') or rest.get('listen') or '')
if ':' in listen: places.append('127.0.0.1:' + listen.rsplit(':', 1)[1])
places.append(given)
def connect(place, limit):
  host, port = place.rsplit(':', 1)
  host = host.strip('[]')
  if not tls: return http.client.HTTPConnection(host, int(port), timeout=limit)
  c = ssl._create_unverified_context()
  cert = ctl.get('certfile') or rest.get('certfile')
  key = ctl.get('keyfile') or rest.get('keyfile')
  if cert:
    try: c.load_cert_chain(cert, key)
    except Exception: pass
  return http.client.HTTPSConnection(host, int(port), timeout=limit, context=c)
def ask(place, m, p, b, limit):
  c = connect(place, limit)
  c.connect()
  head = {'Content-Type': 'application/json'}
  if user and word is not None and m != 'GET':
    head['Authorization'] = 'Basic ' + base64.b64encode((user + ':' + str(word)).encode()).decode()
  try:
    c.request(m, p, b or None, head)
    r = c.getresponse()
    return r.status, r.read(200000).decode('utf-8', 'replace')
  except (OSError, http.client.HTTPException) as x:
    text = str(x) or type(x).__name__
    out(lost=text) if m == method and p == path else out(unsent='it does not say which database it is (' + text + ')')
why = 'no address'
for place in dict.fromkeys(p for p in places if p and ':' in p):
  try:
    if system:
      code, text = ask(place, 'GET', '/patroni', '', 5)
      try: other = json.loads(text).get('database_system_identifier')
      except ValueError: other = None
      if other and str(other) != system: out(unsent='another database answers at its REST address')
    code, text = ask(place, method, path, body, float(seconds))
    out(code=code, body=text)
  except OSError as x: why = str(x) or type(x).__name__
out(unsent='its REST API cannot be reached from inside its pod (' + why + ')')
`;
