import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const DISTRIBUTION = 'application/vnd.docker.distribution.manifest';
const IMAGE = `${DISTRIBUTION}.v2+json`;
const LIST = `${DISTRIBUTION}.list.v2+json`;

/** A registry on this machine: `host` is `127.0.0.1:41234`, which an engine here may ask without TLS. */
export interface LabRegistry {
  readonly host: string;
  close(): void;
}

export interface OneImageRegistry extends LabRegistry {
  readonly digest: string;
}

interface Manifest {
  readonly bytes: Buffer;
  readonly type: string;
}

/** A registry with one image of an empty layer, under every name and tag, for an engine to fetch it from. */
export async function oneImageRegistry(): Promise<OneImageRegistry> {
  const { manifest, blobs } = emptyImage('amd64');
  const server = await serve(() => manifest, blobs);
  return { ...server, digest: sha256(manifest.bytes) };
}

/** A registry whose tags are lists of images, one for each of the architectures: `{ both: ['amd64', 'arm64'] }`. */
export async function platformRegistry(tags: Readonly<Record<string, readonly string[]>>): Promise<LabRegistry> {
  const manifests = new Map<string, Manifest>();
  const blobs = new Map<string, Buffer>();
  for (const [tag, architectures] of Object.entries(tags)) {
    const entries = architectures.map((architecture) => {
      const image = emptyImage(architecture);
      for (const [digest, bytes] of image.blobs) blobs.set(digest, bytes);
      manifests.set(sha256(image.manifest.bytes), image.manifest);
      return { ...about(image.manifest.bytes, IMAGE), platform: { os: 'linux', architecture } };
    });
    const bytes = json({ schemaVersion: 2, mediaType: LIST, manifests: entries });
    for (const name of [tag, sha256(bytes)]) manifests.set(name, { bytes, type: LIST });
  }
  return serve((reference) => manifests.get(reference), blobs);
}

const about = (bytes: Buffer, type: string) => ({ mediaType: type, size: bytes.length, digest: sha256(bytes) });

function emptyImage(architecture: string): {
  readonly manifest: Manifest;
  readonly blobs: ReadonlyMap<string, Buffer>;
} {
  const tar = Buffer.alloc(1024);
  const layer = gzipSync(tar);
  const config = json({
    architecture,
    os: 'linux',
    config: { User: 'claude' },
    rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
  });
  const bytes = json({
    schemaVersion: 2,
    mediaType: IMAGE,
    config: about(config, 'application/vnd.docker.container.image.v1+json'),
    layers: [about(layer, 'application/vnd.docker.image.rootfs.diff.tar.gzip')],
  });
  const blobs = new Map([config, layer].map((blob) => [sha256(blob), blob]));
  return { manifest: { bytes, type: IMAGE }, blobs };
}

async function serve(
  manifestAt: (reference: string) => Manifest | undefined,
  blobs: ReadonlyMap<string, Buffer>,
): Promise<LabRegistry> {
  const server: Server = createServer(({ url = '' }, response) => {
    const last = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
    const manifest = url.includes('/manifests/') ? manifestAt(last) : undefined;
    const other = url.includes('/blobs/') ? blobs.get(last) : url.includes('/manifests/') ? undefined : json({});
    const body = manifest?.bytes ?? other;
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (manifest !== undefined) response.setHeader('Docker-Content-Digest', sha256(manifest.bytes));
    response.setHeader('Content-Type', manifest?.type ?? 'application/octet-stream');
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Length': body?.length ?? 0 });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, close: () => void server.close() };
}
