import { randomName } from '../randomName.ts';

/** What names are made of. */
export interface NameParts {
  team: string;
  environment: string;
  region: string;
  domain: string;
}

/**
 * Fills a pattern such as "sc-{team_short}-{random}": feature-engineering is feateng for short, prod pro, eu-west-1 euw1
 * and, joined, euwest1. What isn't known stays as it is.
 */
export function fillPattern(pattern: string, { team, environment, region, domain }: NameParts): string {
  const values: Readonly<Record<string, string>> = {
    team: slug(team),
    team_short: shortTeam(team),
    environment,
    environment_short: environment.slice(0, 3),
    region,
    region_short: shortRegion(region),
    region_joined: region.replaceAll('-', ''),
    domain,
    random: randomName(6),
  };
  return pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** Four letters of the first word, three of each that follows; twelve at most. */
function shortTeam(team: string): string {
  const words = slug(team).split('-');
  return words
    .map((word, index) => word.slice(0, index === 0 ? 4 : 3))
    .join('')
    .slice(0, 12);
}

/** The first word, the first letters of those that follow, and the number. */
function shortRegion(region: string): string {
  const [first = '', ...rest] = region.split('-');
  return first.slice(0, 4) + rest.map(word => (/^\d+$/.test(word) ? word : word.slice(0, 1))).join('');
}
