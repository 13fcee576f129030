using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A connection to the process that answers a container's intercepted calls. What it was asked for holds as long as the connection.</summary>
internal static class FaultPointClient
{
    /// <summary>What it says last, when nobody is left whose calls it could answer.</summary>
    internal const byte End = (byte)'.';

    /// <summary>What it answers.</summary>
    internal const byte Done = (byte)'+';

    /// <summary>Has a rule hold.</summary>
    /// <param name="path">Its socket.</param>
    /// <param name="rule">The rule.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ErrnoException">ESRCH: nobody answers calls there.</exception>
    internal static SeqPacketSocket Add(string path, CallRule rule)
    {
        var socket = SeqPacketSocket.TryConnect(path) ?? throw new ErrnoException(Errno.ESRCH, "connect", path);
        if (Ask(socket, new FaultPointRequest { Rule = rule }))
            return socket;
        socket.Dispose();
        throw new ErrnoException(Errno.ESRCH, "recvmsg", path);
    }

    /// <summary>Takes a rule back, whoever has it hold.</summary>
    internal static void Remove(string path, string id)
    {
        // Whoever took over from a process that was killed has no rules: then it is gone as well.
        using var socket = SeqPacketSocket.TryConnect(path);
        if (socket is not null)
            Ask(socket, new FaultPointRequest { Remove = id });
    }

    /// <summary>Whether a connection ends because nobody is left whose calls could be answered, and not because that process was killed.</summary>
    internal static bool HasTargetEnded(SeqPacketSocket socket)
    {
        Span<byte> message = stackalloc byte[1];
        return socket.Receive(message, out _) == 1 && message[0] == End;
    }

    private static bool Ask(SeqPacketSocket socket, FaultPointRequest request)
    {
        Span<byte> answer = stackalloc byte[1];
        return socket.TrySend(JsonSerializer.SerializeToUtf8Bytes(request, FaultJson.Default.FaultPointRequest))
            && socket.Receive(answer, out _) == 1 && answer[0] == Done;
    }
}
