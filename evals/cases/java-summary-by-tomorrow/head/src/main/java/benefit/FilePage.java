package benefit;

/** What a caseworker sees of a file. */
final class FilePage {
    private final Files files;
    private final Summaries summaries;
    private final NightlyBatch batch;

    FilePage(Files files, Summaries summaries, NightlyBatch batch) {
        this.files = files;
        this.summaries = summaries;
        this.batch = batch;
    }

    View open(String number) {
        var file = files.read(number);
        var summary = summaries.kept(file).orElseGet(() -> {
            batch.add(number);
            return "There will be a summary tomorrow.";
        });
        return new View(file, summary);
    }

    record View(CaseFile file, String summary) {
    }
}
