plugins {
    java
}

repositories {
    mavenCentral()
}

dependencies {
    implementation("org.springframework.boot:spring-boot-starter-web:3.5.7")
    implementation("org.springframework.ai:spring-ai-starter-model-bedrock-converse:1.1.0")
}
