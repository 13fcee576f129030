using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests.Hardening;

/// <summary>What lies on disk is its owner's alone, and a monitor answers nobody else.</summary>
[Trait("Category", "Kernel")]
public sealed partial class PermissionTests : ContainerTest
{
    [Fact]
    public void A_container_s_state_and_what_starts_it_are_its_owner_s_alone()
    {
        var bundle = new Bundle(Root, ["pause"]);
        bundle.Launch();
        Assert.All([bundle.StateDirectory, Root["ids"], Path.Combine(bundle.StateDirectory, "status")], IsClosedToOthers);
        bundle.Delete();
    }

    [Fact]
    public void A_monitor_s_socket_and_log_are_its_owner_s_alone()
    {
        var container = Create("seq", "echo", "x", ";", "pause");
        container.Start();
        container.WaitForOutput("x");
        Assert.All([container.Paths.RunDirectory, container.Paths.ControlSocket, container.Paths.Log, container.Paths.State, container.Paths.Events], IsClosedToOthers);
    }

    [Fact]
    public void A_monitor_hangs_up_on_another_user_even_where_the_socket_s_mode_lets_him_in()
    {
        const nint setresuid = 117;
        var container = Started("pause");
        // Short, and outside of what is closed to others.
        var socket = Path.Combine("/tmp", Path.GetFileName(Root.Directory) + ".sock");
        File.CreateSymbolicLink(socket, container.Paths.ControlSocket);
        foreach (var directory in new[] { Root.Directory, Root.RunRoot, container.Paths.RunDirectory })
            File.SetUnixFileMode(directory, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(container.Paths.ControlSocket, (UnixFileMode)0x1FF);
        Exception? error = null;
        var received = -2;
        var thread = new Thread(() =>
        {
            try
            {
                // The system call is this thread's alone (the C library's setresuid would ask all to follow).
                Assert.Equal(0, SystemCall(setresuid, 65534, 65534, 65534));
                using var connection = SeqPacketSocket.TryConnect(socket) ?? throw new InvalidOperationException("Nobody listens.");
                connection.TrySend("""{"op":"stop","timeoutMs":0}"""u8);
                received = connection.Receive(new byte[1024], out _);
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        File.Delete(socket);
        Assert.Null(error);
        Assert.Equal(0, received);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    private static void IsClosedToOthers(string path) => Assert.Equal((path, 0), (path, (int)File.GetUnixFileMode(path) & 0x3F /* 077 */));

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c);
}
