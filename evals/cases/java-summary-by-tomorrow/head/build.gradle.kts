plugins {
    java
}

repositories {
    mavenCentral()
}

dependencies {
    implementation("software.amazon.awssdk:bedrock:2.38.6")
    implementation("software.amazon.awssdk:bedrockruntime:2.38.6")
}
