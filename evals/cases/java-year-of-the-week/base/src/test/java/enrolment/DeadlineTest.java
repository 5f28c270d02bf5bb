package enrolment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void aDeadlineIsFourWeeksLater() {
        assertEquals("2026-02-27", Deadline.of(LocalDate.of(2026, 1, 30)).written());
    }

    @Test
    void aDeadlineIsNotOnASunday() {
        assertEquals("2026-03-02", Deadline.of(LocalDate.of(2026, 2, 1)).written());
    }
}
