package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import io.funcobserver.config.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class DataDirectoryTest {
    @TempDir
    Path folder;

    @BeforeEach
    void needsModes() {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    }

    @Test
    void makesAMissingFolderForItsOwnerAlone() throws Exception {
        DataDirectory.take(folder.resolve("a/b")).close();
        assertThat(mode(folder.resolve("a"))).isEqualTo("rwx------");
        assertThat(mode(folder.resolve("a/b"))).isEqualTo("rwx------");
    }

    /** Fault E2. */
    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwxr-xr-x", "rwx------"})
    void leavesTheModeOfAFolderThatIsThereAlready(String mode) throws Exception {
        Path data = made(mode);
        Files.createDirectory(data.resolve("lost+found"));
        Files.createDirectory(data.resolve("spool"));
        DataDirectory.take(data).close();
        assertThat(mode(data)).isEqualTo(mode);
        DataDirectory.take(data).close();
    }

    @Test
    @DisplayName("E2: a folder that anyone may write is refused and not touched")
    void refusesAFolderThatAnyoneMayWriteAndDoesNotTouchIt() throws Exception {
        Path data = made("rwxrwxrwx");
        assertThatThrownBy(() -> DataDirectory.take(data))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("may be written by anyone; take that right away (chmod o-w)");
        assertThat(mode(data)).isEqualTo("rwxrwxrwx");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    @DisplayName("E2: a folder of others is refused")
    void refusesAFolderOfOthersAndNamesWhatIsThere() throws Exception {
        Path data = made("rwxr-xr-x");
        for (String name : new String[] {"dpkg", "apt", "spool", "cron", "cache"}) {
            Files.createDirectory(data.resolve(name));
        }
        assertThatThrownBy(() -> DataDirectory.take(data))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holds what is not func-observer's (")
                .hasMessageContaining("…); give a directory of its own");
        assertThat(mode(data)).isEqualTo("rwxr-xr-x");
    }

    private Path made(String mode) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        return Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
