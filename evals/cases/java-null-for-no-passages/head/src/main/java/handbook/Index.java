package handbook;

import java.io.IOException;
import java.util.List;

interface Index {
    List<Passage> query(String words, int limit) throws IOException;
}

record Passage(String title, String text) {
}
