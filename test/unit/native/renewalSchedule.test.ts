import assert from "node:assert/strict";
import type { Login } from "../../../src/native/login.ts";
import { backoff, isExpired, isExpiring, renewalMoment } from "../../../src/native/renewalSchedule.ts";

const now = 1_800_000_000_000;
const minute = 60_000;
const day = 86_400_000;

function login(given: Partial<Login> = {}): Login {
	return {
		accessToken: "access",
		refreshToken: "refresh",
		expiresAt: now + 10 * day,
		issuer: "https://auth.example",
		backend: "https://backend.example",
		renewedAt: now,
		...given,
	};
}

const [least, middle, most] = [() => 0, () => 0.5, () => 1];

describe("the moment of a renewal", () => {
	it("is five minutes before the end, 15 % of that sooner or later", () => {
		const end = now + 10 * day;
		assert.equal(renewalMoment(login(), now, middle), end - 5 * minute);
		assert.equal(renewalMoment(login(), now, least), end - 0.85 * 5 * minute);
		assert.equal(renewalMoment(login(), now, most), end - 1.15 * 5 * minute);
	});

	it("is now for what has ended or is about to", () => {
		const renewedAt = now - day;
		for (const expiresAt of [now - day, now, now + minute]) {
			assert.equal(renewalMoment(login({ expiresAt, renewedAt }), now, middle), now);
		}
		assert.equal(renewalMoment(login({ accessToken: "", expiresAt: null }), now, middle), now);
	});

	it("leaves most of a short life, so that new tokens are not due at once", () => {
		const short = login({ expiresAt: now + 4 * minute });
		assert.equal(renewalMoment(short, now, middle), now + 0.8 * 4 * minute);
		assert.equal(isExpiring(short, now), false);
		assert.equal(isExpiring(short, now + 3.3 * minute), true);
		// Of what a file brings, only the rest is known.
		const foreign = login({ expiresAt: now + 4 * minute, renewedAt: null });
		assert.equal(renewalMoment(foreign, now, middle), now + 0.8 * 4 * minute);
	});

	it("is never within half a minute after the last one, however short tokens live", () => {
		assert.equal(renewalMoment(login({ expiresAt: now + 100 }), now, middle), now + 30_000);
		assert.equal(renewalMoment(login({ expiresAt: now - day }), now, middle), now + 30_000);
		// Set back meanwhile: then the last one lies in the future and says nothing.
		assert.equal(renewalMoment(login({ expiresAt: now - day, renewedAt: now + day }), now, middle), now);
	});

	it("is left to a refusal where no end is told, and never comes without a refresh token", () => {
		assert.equal(renewalMoment(login({ expiresAt: null }), now, middle), null);
		assert.equal(renewalMoment(login({ refreshToken: null, expiresAt: now }), now, middle), null);
	});
});

describe("a token's end", () => {
	it("is when it says, and unknown ends do not come", () => {
		assert.equal(isExpired(login({ expiresAt: now + 1 }), now), false);
		assert.equal(isExpired(login({ expiresAt: now }), now), true);
		assert.equal(isExpired(login({ expiresAt: null }), now), false);
		assert.equal(isExpiring(login({ expiresAt: null }), now), false);
		assert.equal(isExpired(login({ accessToken: "", expiresAt: null }), now), true);
	});

	it("is near within five minutes of it", () => {
		const renewedAt = now - day;
		assert.equal(isExpiring(login({ expiresAt: now + 6 * minute, renewedAt }), now), false);
		assert.equal(isExpiring(login({ expiresAt: now + 4 * minute, renewedAt }), now), true);
		assert.equal(isExpiring(login({ expiresAt: now + 4 * minute, renewedAt: null }), now), true);
	});
});

describe("backing off", () => {
	it("takes longer each time, then ten minutes", () => {
		const waits = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => backoff(failures, null, middle));
		assert.deepEqual(waits, [5_000, 15_000, 45_000, 135_000, 300_000, 600_000, 600_000, 600_000]);
	});

	it("is spread, so that windows do not come at once", () => {
		assert.deepEqual([backoff(1, null, least), backoff(1, null, most)], [3_500, 6_500]);
		assert.deepEqual([backoff(6, null, least), backoff(6, null, most)], [480_000, 720_000]);
	});

	it("waits as long as the server asks, but not for ever", () => {
		assert.equal(backoff(1, 90, middle), 90_000);
		assert.equal(backoff(5, 1, middle), 300_000);
		assert.equal(backoff(1, 999_999_999, middle), 3_600_000);
	});
});
