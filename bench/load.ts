// The load: a process that sends requests as its jobs say, and checks every reply.
import { runFirstByte } from "./load/firstByte.ts";
import { runFirstEvent } from "./load/firstEvent.ts";
import { runFlat } from "./load/flat.ts";
import { hold, leave } from "./load/held.ts";
import type { LoadJob, LoadResults } from "./load/jobs.ts";
import { runPaced } from "./load/paced.ts";
import { runSmall, runUpload } from "./load/repeated.ts";
import { answerQuestions } from "./processes/questions.ts";

function run(job: LoadJob): Promise<LoadResults[LoadJob["kind"]]> {
	switch (job.kind) {
		case "small":
			return runSmall(job);
		case "upload":
			return runUpload(job);
		case "firstByte":
			return runFirstByte(job);
		case "firstEvent":
			return runFirstEvent(job);
		case "paced":
			return runPaced(job);
		case "flat":
			return runFlat(job);
		case "hold":
			return hold(job);
		case "leave":
			return leave(job);
	}
}

answerQuestions((question) => run(question as LoadJob), null);
