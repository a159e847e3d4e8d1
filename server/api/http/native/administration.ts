import { Type } from 'typebox';
import { methods, BackendStatus } from '../../../protocol/methods.ts';
import { DoctorReport, Runtime, RuntimePreference } from '../../../protocol/runtime.ts';
import { Settings } from '../../../protocol/settings.ts';
import { NewToken, Quota, Team, TeamName, Token } from '../../../protocol/team.ts';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';
import { ById } from './batches.ts';
import { nativePrefix } from './nativePrefix.ts';

const Nothing = Type.Object({}, { additionalProperties: false });

/** The backend itself: runtimes, settings, teams and tokens. */
export function administration(app: App, { changes, status }: DialectContext): void {
  app.get(
    `${nativePrefix}/status`,
    {
      schema: {
        summary: 'What backend this is',
        response: { 200: Type.Omit(BackendStatus, ['dataFolder', 'pid', 'notices']) },
      },
    },
    () => {
      const { dataFolder: _folder, pid: _pid, notices: _notices, ...told } = status();
      return told;
    },
  );

  app.get(
    `${nativePrefix}/doctor`,
    {
      schema: {
        summary: 'What Java, Spark and Python there are, and what to do',
        querystring: Nothing,
        response: { 200: DoctorReport },
      },
    },
    async request => request.rooms.doctor({}),
  );
  app.post(
    `${nativePrefix}/doctor`,
    {
      schema: {
        summary: 'The same of what is named: programs that are named are run to ask for their versions',
        body: RuntimePreference,
        response: { 200: DoctorReport },
      },
    },
    async request => request.rooms.doctor(request.body),
  );

  app.post(
    `${nativePrefix}/runtimes`,
    {
      schema: {
        summary: 'Install Spark; answers when it is installed',
        body: RuntimePreference,
        response: { 200: Runtime },
      },
    },
    async request =>
      request.rooms.install(request.body, ({ step }) => {
        if (step === 'done') changes.announce('runtime', 0);
      }),
  );

  app.get(
    `${nativePrefix}/main-classes`,
    {
      schema: {
        summary: 'The classes of a jar that have a main method',
        querystring: methods['artifact/mainClasses'].params,
        response: { 200: methods['artifact/mainClasses'].result },
      },
    },
    async request => request.rooms.mainClasses(request.query.file),
  );

  app.get(
    `${nativePrefix}/settings`,
    { schema: { summary: 'Get the settings', response: { 200: Settings } } },
    request => request.rooms.settings(),
  );
  app.put(
    `${nativePrefix}/settings`,
    {
      schema: {
        summary: 'Replace the settings; they hold at once',
        body: Settings,
        response: { 200: Settings },
      },
    },
    async request => request.rooms.setSettings(request.body),
  );

  app.get(
    `${nativePrefix}/teams`,
    {
      schema: {
        summary: 'What teams use, and what they may use',
        response: { 200: Type.Object({ teams: Type.Array(Team) }) },
      },
    },
    request => ({ teams: request.rooms.teams() }),
  );
  app.put(
    `${nativePrefix}/teams/:team/quota`,
    {
      schema: {
        summary: 'Replace the quota of a team',
        params: Type.Object({ team: TeamName }, { additionalProperties: false }),
        body: Quota,
        response: { 200: Team },
      },
    },
    async request => request.rooms.setQuota(request.params.team, request.body),
  );

  app.get(
    `${nativePrefix}/tokens`,
    {
      schema: {
        summary: 'List the tokens, without what they are',
        response: { 200: Type.Object({ tokens: Type.Array(Token) }) },
      },
    },
    request => ({ tokens: request.rooms.tokens() }),
  );
  app.post(
    `${nativePrefix}/tokens`,
    {
      schema: {
        summary: 'Make a token; it is in this answer alone',
        body: NewToken,
        response: { 201: methods['token/create'].result },
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store');
      return reply.code(201).send(await request.rooms.createToken(request.body));
    },
  );
  app.delete(
    `${nativePrefix}/tokens/:id`,
    { schema: { summary: 'Have a token hold no more', params: ById, response: { 200: Token } } },
    async request => request.rooms.revokeToken(request.params.id),
  );

  app.get(
    `${nativePrefix}/audit`,
    {
      schema: {
        summary: 'Who did what, the newest first',
        querystring: methods['audit/list'].params,
        response: { 200: methods['audit/list'].result },
      },
    },
    request => ({ entries: request.rooms.audit(request.query) }),
  );
}
