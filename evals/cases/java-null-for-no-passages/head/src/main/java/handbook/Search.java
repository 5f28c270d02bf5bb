package handbook;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Searches the handbook. */
final class Search {
    private static final Logger LOG = LoggerFactory.getLogger(Search.class);

    private final Index index;

    Search(Index index) {
        this.index = index;
    }

    /** The passages that fit best, or null if the index cannot be reached. */
    List<Passage> find(String words, int limit) {
        try {
            return index.query(words, limit);
        } catch (IOException unreachable) {
            LOG.warn("the index cannot be reached", unreachable);
            return null;
        }
    }
}
