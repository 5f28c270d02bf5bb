plugins {
    java
}

dependencies {
    implementation("dev.langchain4j:langchain4j:1.8.0")
    testImplementation("org.junit.jupiter:junit-jupiter:5.14.1")
}
