package enrolment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void aDeadlineIsFourWeeksLater() {
        assertEquals("27.02.2026", Deadline.of(LocalDate.of(2026, 1, 30)).written());
    }

    @Test
    void aDeadlineIsNotOnASunday() {
        assertEquals("02.03.2026", Deadline.of(LocalDate.of(2026, 2, 1)).written());
    }
}
