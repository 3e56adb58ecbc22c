import { type Aim, alwaysAtMost, alwaysNone, atLeast, atMost, columnOf, own, ratio } from "./aim.ts";
import { translatedAims } from "./translatedAims.ts";

export const aims: readonly Aim[] = [
	...(["steady", "busy"] as const).flatMap((load): readonly Aim[] => {
		const column = load === "steady" ? "cpu" : "busyCpu";
		const one = { part: "small", digits: 2 };
		return [
			{
				...one,
				aim: `CPU per small request, ${load}, against h3 proxyRequest`,
				values: ratio("h3", column),
				...atMost(0.35),
			},
			{ ...one, aim: `CPU per small request, ${load}, against nginx`, values: ratio("nginx", column), ...atMost(4) },
		];
	}),
	{
		part: "paced",
		aim: "CPU per paced stream event, against nginx",
		digits: 2,
		values: ratio("nginx", "cpu"),
		...atMost(2),
	},
	{
		part: "flat",
		aim: "flat-out stream events per second, against nginx",
		digits: 2,
		values: ratio("nginx", "rate"),
		...atLeast(0.6),
	},
	{
		part: "first",
		aim: "added time to first byte, p50, against h3 proxyRequest",
		digits: 2,
		values: ratio("h3", "added"),
		...atMost(0.5),
	},
	{
		part: "first",
		aim: "added time to first byte, p50, ms (the machine must be idle)",
		digits: 3,
		values: own("added"),
		...atMost(1),
	},
	{
		part: "slow",
		aim: "1000 slow streams at once: not complete",
		digits: 0,
		values: own("bad"),
		...alwaysNone,
	},
	{ part: "slow", aim: "1000 slow streams at once: KiB each", digits: 1, values: own("memory"), ...atMost(100) },
	{
		part: "upload",
		aim: "5 MiB body, CPU against h3 proxyRequest",
		digits: 2,
		values: ratio("h3", "cpu"),
		...atMost(0.8),
	},
	{
		part: "stopped",
		aim: "stopped reader: taken from the upstream, × what a direct connection takes",
		digits: 2,
		values: own("share"),
		...atMost(3),
	},
	{
		part: "stopped",
		aim: "stopped reader: MiB taken after half-time",
		digits: 2,
		values: (rounds) => {
			const half = columnOf(rounds.get("relayAccounts"), "half");
			return columnOf(rounds.get("relayAccounts"), "pushed").map((value, round) => value - (half[round] ?? Number.NaN));
		},
		...alwaysAtMost(0.1),
	},
	{
		part: "gone",
		aim: "client gone → upstream closed: longest ms",
		digits: 2,
		values: own("most"),
		...alwaysAtMost(10),
	},
	{ part: "gone", aim: "client gone → upstream closed: never", digits: 0, values: own("bad"), ...alwaysNone },
	...translatedAims,
];
