import * as vscode from "vscode";
import { mainBucket, type Quota, type QuotaBucket, type QuotaWindow } from "../bridge/quota.ts";
import { exhaustion, hintLevel, quotaAsOf } from "../bridge/quotaRules.ts";
import { spanText } from "./countdown.ts";
import type { LocalTexts } from "./localTexts.ts";

const minute = 60_000;

/** What is left of a span in which so much may be used. */
export interface QuotaLeft {
	/** `5 h`, `week`. */
	readonly name: string;
	/** From 0 to 100; 0 only when nothing at all is left. */
	readonly percent: number;
	/** Milliseconds since 1970; null: not told. */
	readonly resetsAt: number | null;
}

/** What is left of a bucket, the shorter span first. */
export function quotaLeft({ primary, secondary }: Pick<QuotaBucket, "primary" | "secondary">): readonly QuotaLeft[] {
	const left = (window: QuotaWindow | null, name: string) =>
		window === null
			? []
			: [{ name: windowName(window) ?? name, percent: percentLeft(window), resetsAt: window.resetsAt }];
	return [...left(primary, vscode.l10n.t("short span")), ...left(secondary, vscode.l10n.t("long span"))];
}

export function quotaLeftText({ name, percent }: QuotaLeft): string {
	return vscode.l10n.t("{0} {1} % left", name, percent);
}

/** How full the bucket is that most models share, short enough for a narrow view; null where nothing was told. */
export function quotaText(quota: Quota, now: number, local: LocalTexts): string | null {
	const used = exhaustion(quota, mainBucket, now);
	if (used !== null) return usedUpText(used.until, local);
	const bucket = quotaAsOf(quota, now).buckets.find(({ id }) => id === mainBucket);
	const spans = bucket === undefined ? [] : quotaLeft(bucket).map(quotaLeftText);
	if (spans.length === 0) return null;
	const words = spans.join(" · ");
	switch (hintLevel(quota, now)) {
		case "near":
			return vscode.l10n.t("running low: {0}", words);
		case "nearlyUp":
			return vscode.l10n.t("almost used up: {0}", words);
		default:
			return words;
	}
}

/** @param until milliseconds since 1970; null: not known. */
export function usedUpText(until: number | null, local: LocalTexts): string {
	return until === null ? vscode.l10n.t("used up") : vscode.l10n.t("used up until {0}", local.brief(until));
}

/**
 * When what is told of a quota changes by the time alone: at the next reset, and an hour after the backend has said that nothing
 * is left without saying until when. Milliseconds since 1970; null: never.
 */
export function nextReset({ at, buckets }: Quota, now: number): number | null {
	const endOf = (window: QuotaWindow | null) => window?.resetsAt ?? at + (window?.minutes ?? 0) * minute;
	const resets = buckets
		.flatMap(({ primary, secondary, reached }) => [endOf(primary), endOf(secondary), reached ? at + 60 * minute : at])
		.filter((moment) => moment > now);
	return resets.length === 0 ? null : Math.min(...resets);
}

/** A plan's name, as the backend writes it, for people. */
export function planText(plan: string): string {
	const words = plan.replaceAll("_", " ").trim();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

function percentLeft({ usedPercent }: QuotaWindow): number {
	const left = 100 - usedPercent;
	return left <= 0 ? 0 : Math.min(100, Math.max(1, Math.round(left)));
}

/** Null where the backend does not say how long it is. */
function windowName({ minutes }: QuotaWindow): string | null {
	if (minutes === null || minutes <= 0) return null;
	if (isAbout(minutes, 7 * 24 * 60)) return vscode.l10n.t("week");
	if (isAbout(minutes, 24 * 60)) return vscode.l10n.t("day");
	if (minutes >= 28 * 24 * 60 && minutes <= 31 * 24 * 60) return vscode.l10n.t("month");
	return spanText(minutes * minute);
}

/** The backend rounds: a week may be a minute short. */
function isAbout(minutes: number, wanted: number): boolean {
	return Math.abs(minutes - wanted) <= wanted / 100;
}
