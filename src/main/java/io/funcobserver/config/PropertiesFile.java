package io.funcobserver.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A properties file in UTF-8. */
final class PropertiesFile {
    private PropertiesFile() {}

    /**
     * Reads the file; an absent one is empty.
     *
     * @throws IllegalArgumentException if it cannot be read, with what to do about it
     */
    static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(withoutByteOrderMark(Files.readString(file))));
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("is not UTF-8; save it as UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has a \\u that four hex digits do not follow; write \\\\ for a backslash", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot be read (" + e.getClass().getSimpleName() + "); make it a readable file", e);
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    private static String withoutByteOrderMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
