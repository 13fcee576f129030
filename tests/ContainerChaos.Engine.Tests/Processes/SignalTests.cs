using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class SignalTests : ContainerTest
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;
    private const int SIGWINCH = 28;

    [Fact]
    public void A_PID_1_without_a_handler_is_deaf_to_SIGTERM()
    {
        var container = Run("pause");
        AwaitPause(container);

        var delivery = Engine.SendSignal(container.Name, SIGTERM);

        Assert.Equal(SignalDisposition.DroppedForInit, delivery.Disposition);
        Assert.Equal(
            $"{container.Name}: SIGTERM sent to PID 1 (host {container.Pid}). It has no handler for SIGTERM, and it is PID 1 of its namespace, so the kernel drops it. "
            + "Use -Init for a PID 1 that forwards signals, or Stop-Container, which follows with SIGKILL after 10 s.",
            delivery.Explanation);
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Name).State);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Not_even_SIGKILL_from_inside_ends_PID_1_and_from_the_host_it_does()
    {
        var container = Run("pause");

        Engine.Invoke(container.Name, new ContainerCommandOptions { Command = ["/target", "kill", "9", "1"] });
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Name).State);

        Assert.Equal(SignalDisposition.Default, Engine.SendSignal(container.Name, SIGKILL).Disposition);
        Assert.Equal(137, Engine.Wait(container.Name).ExitCode);
    }

    [Fact]
    public void A_handler_and_an_ignorer_are_told_apart()
    {
        var handler = Run("serve");
        AwaitReady(handler);
        var ignorer = Run("serve", "--ignore-term");
        AwaitReady(ignorer);

        Assert.Equal(SignalDisposition.Ignored, Engine.SendSignal(ignorer.Name, SIGTERM).Disposition);
        Assert.Equal(SignalDisposition.Handled, Engine.SendSignal(handler.Name, SIGTERM).Disposition);
        Assert.Equal(0, Engine.Wait(handler.Name).ExitCode);
        Assert.Equal(ContainerStatus.Running, Engine.Get(ignorer.Name).State);
    }

    [Fact]
    public void A_PID_1_that_waits_for_signals_gets_them_without_a_handler()
    {
        var container = Run("signals");
        AwaitLog(container);

        var delivery = Engine.SendSignal(container.Name, SIGTERM);

        Assert.Equal(SignalDisposition.Handled, delivery.Disposition);
        Assert.Contains("rt_sigtimedwait", delivery.Explanation, StringComparison.Ordinal);
        Assert.Contains(Engine.ReadLog(container.Id, new ContainerLogOptions { Follow = true }), entry => entry.Line == "SIGTERM");
    }

    [Fact]
    public void An_init_forwards_and_a_forking_app_does_not()
    {
        var init = Engine.Start(Engine.Create(Target("sleep", "infinity") with { Init = true }).Id);
        var forking = Run("serve", "--fork-app");

        var delivery = Engine.SendSignal(init.Name, SIGTERM);
        Assert.Equal(SignalDisposition.Handled, delivery.Disposition);
        Assert.EndsWith("It is the init, which forwards it to the command.", delivery.Explanation, StringComparison.Ordinal);
        Assert.Equal(143, Engine.Wait(init.Name).ExitCode);

        Assert.Equal(137, Engine.Stop(forking.Name, TimeSpan.FromMilliseconds(200)).ExitCode);
    }

    [Fact]
    public void Another_process_inside_is_signalled_by_its_own_PID()
    {
        var container = Engine.Start(Engine.Create(Target("sleep", "infinity") with { Init = true }).Id);
        var child = Engine.GetProcesses(container.Name).Single(process => process.Pid != 1);
        AwaitPause(child.HostPid);

        var ignored = Engine.SendSignal(container.Name, SIGWINCH, child.Pid);
        Assert.Equal((child.HostPid, child.Pid, SignalDisposition.Default), (ignored.HostPid, ignored.ContainerPid, ignored.Disposition));
        Assert.Contains("discards it", ignored.Explanation, StringComparison.Ordinal);

        Engine.SendSignal(container.Name, SIGTERM, child.Pid);
        Assert.Equal(143, Engine.Wait(container.Name).ExitCode);
    }

    [Fact]
    public void A_PID_or_a_signal_that_is_not_there_is_named()
    {
        var container = Run("pause");

        var error = Fails(ErrorReason.InvalidArgument, () => Engine.SendSignal(container.Name, SIGTERM, 4711));
        Assert.Contains("4711", error.Message, StringComparison.Ordinal);
        Fails(ErrorReason.InvalidArgument, () => Engine.SendSignal(container.Name, 65));
        Fails(ErrorReason.InvalidArgument, () => Engine.Crash(container.Name, 0));
    }
}
