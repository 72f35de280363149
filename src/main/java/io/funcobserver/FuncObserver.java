package io.funcobserver;

public final class FuncObserver {
    private FuncObserver() {}

    public static void main(String[] args) {}
}
