import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export interface OneImageRegistry {
  /** `127.0.0.1:41234`: an engine on this machine may ask it without TLS. */
  readonly host: string;
  readonly digest: string;
  close(): void;
}

/** A registry with one image of an empty layer, under every name and tag, for an engine to fetch it from. */
export async function oneImageRegistry(): Promise<OneImageRegistry> {
  const tar = Buffer.alloc(1024);
  const layer = gzipSync(tar);
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: { User: 'claude' },
    rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
  });
  const about = (bytes: Buffer, type: string) => ({ mediaType: type, size: bytes.length, digest: sha256(bytes) });
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = json({
    schemaVersion: 2,
    mediaType: type,
    config: about(config, 'application/vnd.docker.container.image.v1+json'),
    layers: [about(layer, 'application/vnd.docker.image.rootfs.diff.tar.gzip')],
  });
  const blobs = new Map([config, layer].map((bytes) => [sha256(bytes), bytes]));
  const server: Server = createServer(({ url = '' }, response) => {
    const last = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
    const body = url.includes('/manifests/') ? manifest : url.includes('/blobs/') ? blobs.get(last) : json({});
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (body === manifest) response.setHeader('Docker-Content-Digest', sha256(manifest));
    response.setHeader('Content-Type', body === manifest ? type : 'application/octet-stream');
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Length': body?.length ?? 0 });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, digest: sha256(manifest), close: () => void server.close() };
}
