package benefit;

import java.util.Optional;

/** Summaries of files: asked for at once, or kept by the nightly batch. */
interface Summaries {
    /** Asks the model; takes six seconds, and is empty if there is no complete answer. */
    String of(CaseFile file);

    /** The summary that the batch of a night made of this very text, if there is one. */
    Optional<String> kept(CaseFile file);
}
