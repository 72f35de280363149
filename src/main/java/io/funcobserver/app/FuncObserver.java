package io.funcobserver.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;

import io.funcobserver.check.DirectoryProbe;
import io.funcobserver.check.FuncProbe;
import io.funcobserver.check.IntakeProbe;
import io.funcobserver.check.LeaseProbe;
import io.funcobserver.check.MySqlProbe;
import io.funcobserver.check.RedisProbe;
import io.funcobserver.check.TargetProbe;
import io.funcobserver.cli.CliDependencies;
import io.funcobserver.cli.CommandLineInterface;
import io.funcobserver.kafka.KafkaCheck;
import io.funcobserver.lineprotocol.Category;

/** Where the process begins. */
public final class FuncObserver {
    private FuncObserver() {}

    public static void main(String[] arguments) {
        CommandLineInterface commands = new CommandLineInterface(
                parts(), new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        System.exit(commands.execute(arguments));
    }

    private static CliDependencies parts() {
        return new CliDependencies(
                new ProductCommands(),
                new DeadLetterConsole(),
                List.of(
                        new MySqlProbe(),
                        new RedisProbe(),
                        new FuncProbe(),
                        new TargetProbe(Category.METRIC),
                        new TargetProbe(Category.LOGGING),
                        new IntakeProbe(),
                        new LeaseProbe(),
                        new KafkaCheck(),
                        new DirectoryProbe(),
                        new RoutesProbe(ProductCommands.ROUTES)));
    }
}
