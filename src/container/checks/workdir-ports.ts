import { BASE_CONTRACT } from '../base-contract.ts';
import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { SERVICE_PORT } from '../service.ts';

/** The image works in the folder of the base and says which port it serves. */
export const workdirPorts: ContainerCheck = {
  id: 'I05-workdir-ports',
  title: 'The image works in /app and offers port 4000',
  severity: 'error',
  level: 'image',
  description:
    'Paths in commands and configuration are taken from the working directory, and those who run the image read from it which port it serves. Port ' +
    '3000 comes with the base and cannot be taken back: it is no finding.',
  run: async (bench) => {
    const { workingDirectory, ports } = bench.image.facts;
    const { program } = bench.session.engine;
    const findings: ContainerFinding[] = [];
    const { workdir } = BASE_CONTRACT;
    if (workingDirectory !== workdir && !workingDirectory.startsWith(`${workdir}/`)) {
      findings.push({
        message: 'the image works in another folder',
        expected: workdir,
        seen: workingDirectory === '' ? '/' : workingDirectory,
        ...dockerfileLine(bench, 'WORKDIR'),
        next: `WORKDIR ${workdir} after the last step that needs another`,
        byHand: `${program} image inspect --format '{{.Config.WorkingDir}}' ${bench.image.name}`,
      });
    }
    if (!ports.includes(`${SERVICE_PORT}/tcp`)) {
      findings.push({
        message: `the image does not say that it serves port ${SERVICE_PORT}`,
        expected: `${SERVICE_PORT}/tcp`,
        seen: ports.length === 0 ? 'no port' : ports.join(', '),
        ...dockerfileLine(bench, 'EXPOSE'),
        next: `EXPOSE ${SERVICE_PORT}`,
        byHand: `${program} image inspect --format '{{json .Config.ExposedPorts}}' ${bench.image.name}`,
      });
    }
    return answerOf(findings);
  },
};
