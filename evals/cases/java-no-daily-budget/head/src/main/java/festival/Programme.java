package festival;

interface Programme {
    /** The whole programme as text, about 3,000 tokens. */
    String text();

    /** The address of the programme's page, with a sentence before it. */
    String page();
}
