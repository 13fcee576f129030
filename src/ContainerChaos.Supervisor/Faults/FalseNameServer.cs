using System.Buffers.Binary;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A name server that lies, in the network namespace of a target: what that sends to any server is led to it.</summary>
internal sealed class FalseNameServer : IDisposable
{
    private const int MaximumMessage = 65535, MaximumBurst = 32, HeaderSize = 12;

    private readonly InternetSocket _socket;
    private readonly FalseAnswers _answers;
    private readonly byte[] _buffer = new byte[MaximumMessage];

    /// <summary>Starts it. To be called in the target's network namespace.</summary>
    internal FalseNameServer(EventLoop loop, FalseAnswers answers)
    {
        _answers = answers;
        _socket = InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Loopback, 0));
        loop.Add(_socket, EventPollFlags.EPOLLIN, _ => OnQuery());
    }

    /// <summary>The port that it answers at, of 127.0.0.1.</summary>
    internal ushort Port => (ushort)_socket.LocalEndPoint.Port;

    public void Dispose() => _socket.Dispose();

    private void OnQuery()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = _socket.ReceiveFrom(_buffer, out var client, out _);
            if (length < 0)
                return;
            if (length >= HeaderSize)
                _socket.SendTo(Answer(_buffer.AsSpan(0, length)), client!, out _);
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> query)
    {
        if (!DnsMessage.TryReadQuestion(query, out _, out var type, out var end))
            return DnsMessage.Answer(query, 0, DnsMessage.FormatError);
        if (_answers.Address is not { } text)
            return DnsMessage.Answer(query, end, _answers.IsUnknown ? DnsMessage.NameError : DnsMessage.ServerFailure);
        var address = IPAddress.Parse(text).GetAddressBytes();
        // The other version, and whatever else is asked for: the name is there and has none.
        if (type != (address.Length == 4 ? DnsMessage.A : DnsMessage.Aaaa))
            return DnsMessage.Answer(query, end, DnsMessage.NoError);
        var answer = DnsMessage.Answer(query, end, DnsMessage.NoError, (type, address));
        // Not to be remembered when the fault is over: the time to live is 0 (RFC 1035, 4.1.3).
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(end + 6), 0);
        return answer;
    }
}
