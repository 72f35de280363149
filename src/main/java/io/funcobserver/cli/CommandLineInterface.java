package io.funcobserver.cli;

import java.io.OutputStream;
import java.util.stream.Collectors;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.logging.Logging;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The product as its user calls it: arguments in, texts and an exit code out. */
public final class CommandLineInterface {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLineInterface.class);
    private static final int LONGEST = 2000;

    private final CommandLine commandLine;
    private final Console console;

    public CommandLineInterface(Application application, OutputStream out, OutputStream err) {
        console = Console.of(out, err);
        commandLine = new CommandLine(new FuncObserverCommand(application, console))
                .setOut(console.out())
                .setErr(console.err())
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(this::badUsage)
                .setExecutionExceptionHandler(this::failed);
    }

    /** @return the exit code: 0 done or stopped, 1 the work failed, 2 bad usage or configuration */
    public int execute(String... arguments) {
        try {
            return commandLine.execute(arguments);
        } finally {
            console.out().flush();
            console.err().flush();
        }
    }

    private int badUsage(ParameterException e, String[] arguments) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        say(usageProblem(e) + "; see " + command + " --help");
        return ExitCode.USAGE;
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        LOG.debug("The command failed", e);
        if (e instanceof ConfigurationException) {
            say(e.getMessage());
            return ExitCode.USAGE;
        }
        String kind = e.getClass().getSimpleName();
        boolean saysAll = !(e instanceof RuntimeException);
        say(e.getMessage() == null ? kind : saysAll ? e.getMessage() : kind + ": " + e.getMessage());
        return ExitCode.SOFTWARE;
    }

    private void say(String text) {
        console.err().println("func-observer: " + PrintableText.of(Logging.mask(text), LONGEST));
    }

    /** Repeats no value: an argument that lacks its {@code --set} may be a password. */
    private static String usageProblem(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String names = unmatched.getUnmatched().stream()
                    .map(argument -> argument.replaceFirst("=.*", "=…"))
                    .collect(Collectors.joining(" "));
            boolean assignment = unmatched.getUnmatched().get(0).matches("[a-z][a-z0-9.-]*=(?s:.*)");
            return "unknown argument " + names + (assignment ? "; put --set before it" : "");
        }
        String message = e.getMessage().lines().findFirst().orElse("bad usage");
        return e instanceof MissingParameterException ? message : message.replaceAll("=[^'\"\\s>]+", "=…");
    }
}
