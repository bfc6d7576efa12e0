/** Everything that can be chosen about a stage: the same names, defaults and limits as the SAM template's parameters. */

export interface Setting {
  readonly default?: string;
  readonly allowed?: readonly string[];
  /** A regular expression for the whole value. */
  readonly pattern?: string;
  /** The smallest and the largest whole number. */
  readonly range?: readonly [number, number];
  readonly description: string;
}

const onOff = ['on', 'off'] as const;

export const SETTINGS = {
  Stage: {
    default: 'test',
    pattern: '[a-z][a-z0-9-]{0,15}',
    description:
      'Name of this installation, such as test or live. It is part of the names of everything that is created, so that several stages fit in one account.',
  },
  StripePublishableKey: {
    pattern: 'pk_(test|live)_[A-Za-z0-9]+',
    description:
      "The key that begins with pk_, from Stripe's Dashboard under Developers, API keys. It is public. The secret key is stored after the deployment, never given here.",
  },
  CardAuthentication: {
    default: 'decline',
    allowed: ['decline', 'handle'],
    description:
      'What becomes of a card whose bank wants to see the shopper. decline refuses it; handle lets the shopper confirm with the bank.',
  },
  StatementDescriptorSuffix: {
    default: '',
    pattern: `[^<>\\\\'"*]{0,18}`,
    description: "What is added to your name on the shopper's card statement, at most 18 characters with a letter. Empty adds nothing.",
  },
  StripeApiBase: {
    default: 'https://api.stripe.com',
    pattern: 'https://[a-z0-9.:/-]+',
    description: "Where Stripe's API is. Leave it as it is.",
  },
  DomainName: {
    default: '',
    pattern: '([a-z0-9-]+\\.)+[a-z]{2,}|',
    description:
      'Your own domain, such as shop.example.com. Empty uses the address that CloudFront gives. Needs CertificateArn, and a DNS record that you add afterwards. Only with an own domain are connections older than TLS 1.2 refused.',
  },
  CertificateArn: {
    default: '',
    pattern: 'arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[a-f0-9-]+|',
    description: "The domain's certificate in AWS Certificate Manager, region us-east-1. Certificates cost nothing.",
  },
  AlarmEmail: {
    default: '',
    pattern: '[^@\\s]+@[^@\\s]+|',
    description: 'Who is told when an alarm goes off. AWS sends a message first that has to be confirmed. Empty tells nobody.',
  },
  Alarms: {
    default: 'on',
    allowed: onOff,
    description: 'Alarms on errors, throttling, slowness, declines, unknown outcomes and blocked requests. About 1 USD a month.',
  },
  Dashboard: {
    default: 'on',
    allowed: onOff,
    description:
      "One page in CloudWatch with payments, Stripe's latency and the function's health. 3 USD a month after the account's first three dashboards.",
  },
  WebAcl: {
    default: 'on',
    allowed: onOff,
    description:
      'AWS WAF before the site, with common rules, two limits per address against card testing, and blocks of payment requests without the id of a checkout and of paths that could be read in two ways. About 10 USD a month and 0.60 USD a million requests. Off leaves the throttles of the API alone.',
  },
  LogRetentionDays: {
    default: '90',
    allowed: ['1', '3', '5', '7', '14', '30', '60', '90', '120', '150', '180', '365', '400', '545', '731'],
    description: 'How many days logs are kept. They hold ids, codes and amounts, no personal data.',
  },
  RequestsPerAddress: {
    default: '100',
    range: [10, 2_000_000],
    description: 'How many requests to /api one address may send in five minutes before WAF blocks it. A payment takes two.',
  },
  PaymentsPerAddress: {
    default: '20',
    range: [10, 2_000_000],
    description:
      'How many payment requests (POSTs to /api/payments and below) one address may send in five minutes before WAF blocks it. A purchase takes one or two, and more when replies are lost.',
  },
  IPv6: {
    default: 'off',
    allowed: onOff,
    description:
      "Whether the shop answers over IPv6, too. off keeps the limits per address: every network in the United States and Canada reaches IPv4, though carriers put many shoppers behind one address of it. on makes them limit nobody: one machine commonly has a /64 of IPv6 addresses, WAF counts each by itself, and so one machine sends as much as the routes' throttles allow.",
  },
  PaymentsPerSecond: {
    default: '10',
    range: [1, 1000],
    description:
      'How many requests a second the API lets through to each of the two routes that pay, from all shoppers together. Closing a checkout has a throttle of its own, 1 a second.',
  },
  DeclinesPerHour: {
    default: '30',
    range: [2, 100_000],
    description:
      'How many declined cards in an hour raise the alarm declined-cards, however much is sold beside them. Several times what your busiest hour brings.',
  },
  ReservedConcurrency: {
    default: 'none',
    pattern: 'none|[1-9][0-9]{0,3}',
    description:
      'How many payments may run at the same time, as an upper bound on what an attack can do. none reserves nothing; AWS insists that 100 stay unreserved in the account.',
  },
  MemorySize: {
    default: '256',
    range: [128, 10_240],
    description: "The function's memory in MB. Its share of a processor grows with it.",
  },
  Architecture: {
    default: 'arm64',
    allowed: ['arm64', 'x86_64'],
    description: 'The processor that the function is built for. arm64 costs a fifth less.',
  },
  Deployment: {
    default: 'AllAtOnce',
    allowed: ['AllAtOnce', 'Canary10Percent5Minutes'],
    description:
      'AllAtOnce switches at once, as a changed price has to. Canary10Percent5Minutes sends a tenth of the payments to the new version for five minutes, and goes back if an alarm goes off.',
  },
  OriginVerify: {
    default: 'a',
    allowed: ['a', 'ab', 'ba', 'b'],
    description:
      'Which of two generated secrets CloudFront shows to the function (the first letter), and which the function accepts (every letter). To rotate deploy a, ab, ba, b one after the other, and back the next time.',
  },
} as const satisfies Record<string, Setting>;

export type Settings = Readonly<Record<keyof typeof SETTINGS, string>>;

/** Reads every setting by `given` (the CDK's context), fills in defaults, and throws all that is wrong at once. */
export function readSettings(given: (name: string) => unknown): Settings {
  const wrong: string[] = [];
  const settings = Object.fromEntries(
    Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
      const value = given(name) ?? setting.default;
      const fault = value === undefined ? 'is missing' : faultOf(String(value), setting);
      if (fault) wrong.push(`${name} ${fault}. ${setting.description}`);
      return [name, String(value)];
    }),
  ) as Settings;
  if ((settings.DomainName === '') !== (settings.CertificateArn === ''))
    wrong.push('DomainName and CertificateArn are given together or not at all.');
  if (settings.Deployment !== 'AllAtOnce' && settings.Alarms !== 'on') wrong.push('A canary without alarms would never go back.');
  if (wrong.length > 0) throw new Error(`Give each with -c Name=value:\n  ${wrong.join('\n  ')}`);
  return settings;
}

function faultOf(value: string, { allowed, pattern, range }: Setting): string | undefined {
  if (allowed && !allowed.includes(value)) return `is one of ${allowed.join(', ')}`;
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(value)) return `does not look like ${pattern}`;
  if (range && !(/^\d+$/.test(value) && +value >= range[0] && +value <= range[1])) return `is a number from ${range[0]} to ${range[1]}`;
  return undefined;
}
