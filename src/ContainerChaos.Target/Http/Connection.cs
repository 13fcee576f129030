using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Http;

/// <summary>One client: pipelined requests are answered in order, one that waits holds back those behind it, and no other client.</summary>
internal sealed unsafe class Connection(HttpServer server) : Pollable
{
    private const long LingerTime = MonotonicClock.NanosecondsPerSecond;
    private LoopTimer? _timer;
    private Action? _timerAction;
    private NativeBuffer _input;
    private NativeBuffer _output;
    private int _sendLength;
    private long _bodyLeft;
    private bool _processing;
    private bool _waiting;
    private bool _keepAlive;
    private bool _isHead;
    private bool _closing;
    private bool _draining;

    /// <summary>Counts the clients that had this object.</summary>
    public uint Generation { get; private set; }

    /// <summary>Starts with a fresh socket.</summary>
    public void Open(int fd)
    {
        Descriptor = fd;
        _bodyLeft = 0;
        _waiting = _closing = _draining = false;
        server.Loop.Add(this, Libc.EPOLLIN);
    }

    /// <summary>Holds the current request back until <see cref="PendingReply.Send"/>.</summary>
    public PendingReply Wait()
    {
        _waiting = true;
        return new PendingReply(this, Generation);
    }

    /// <summary>Holds the current request back for so long, and then does what <paramref name="then"/> says.</summary>
    public void WaitFor(long nanoseconds, Action then)
    {
        _waiting = true;
        SetTimer(nanoseconds, then);
    }

    /// <summary>Answers the current request with a JSON body.</summary>
    public void Reply(int status, ReadOnlySpan<byte> json) => Reply(status, "application/json"u8, json);

    /// <summary>Answers the current request.</summary>
    public void Reply(int status, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        if (server.IsDraining) _keepAlive = false;
        WriteReply(status, contentType, body);
        if (!_keepAlive) _closing = true;
        _waiting = false;
        if (!_processing) Continue();
    }

    /// <summary>Closes it so that the client sees the end, unless a request is being answered.</summary>
    public void CloseIfIdle()
    {
        if (_waiting || _output.Length > 0 || _input.Length > 0 || Slot < 0) return;
        _closing = true;
        Settle();
    }

    /// <summary>Sends what is ready; for an answer that is the last thing the process does.</summary>
    public void Flush()
    {
        if (_sendLength == 0) return;
        var ready = new ReadOnlySpan<byte>(server.SendBuffer, _sendLength);
        _sendLength = 0;
        int sent = 0;
        if (_output.Length == 0)
        {
            sent = (int)Libc.send(Descriptor, server.SendBuffer, (nuint)ready.Length, Libc.MSG_NOSIGNAL);
            if (sent < 0 && Libc.Errno != Errno.EAGAIN) _closing = true;
            if (sent < 0) sent = Libc.Errno == Errno.EAGAIN ? 0 : ready.Length;
        }

        _output.Append(ready[sent..]);
    }

    public override void OnReady(uint events)
    {
        if ((events & Libc.EPOLLERR) != 0 || (events & (Libc.EPOLLHUP | Libc.EPOLLIN)) == Libc.EPOLLHUP)
        {
            CloseNow();
            return;
        }

        if ((events & Libc.EPOLLOUT) != 0 && !SendRest()) return;
        if ((events & Libc.EPOLLIN) != 0) Receive();
    }

    private void Receive()
    {
        // Not now: what the client sends waits in the kernel until the answer before it is out.
        if (!_draining && (_waiting || _output.Length > 0))
        {
            server.Loop.Modify(this, Interest & ~Libc.EPOLLIN);
            return;
        }

        nint count = Libc.recv(Descriptor, server.ReceiveBuffer, HttpServer.BufferSize, 0);
        if (count < 0 && Libc.Errno is Errno.EAGAIN or Errno.EINTR) return;
        if (count <= 0)
        {
            CloseNow();
            return;
        }

        if (_draining) return;
        var received = new ReadOnlySpan<byte>(server.ReceiveBuffer, (int)count);
        if (_input.Length > 0)
        {
            _input.Append(received);
            _input.Consume(Process(_input.Span));
        }
        else
        {
            int used = Process(received);
            _input.Append(received[used..]);
        }

        Settle();
    }

    /// <summary>Answers the requests in the buffer until one is incomplete, has to wait, or its answers no longer fit.</summary>
    /// <returns>The bytes that are dealt with.</returns>
    private int Process(ReadOnlySpan<byte> data)
    {
        _processing = true;
        int used = 0;
        RequestHead head = default;
        while (used < data.Length && !_waiting && !_closing && _output.Length == 0)
        {
            if (_bodyLeft > 0)
            {
                int skipped = (int)Math.Min(_bodyLeft, data.Length - used);
                used += skipped;
                _bodyLeft -= skipped;
                continue;
            }

            if (RequestParser.Parse(data[used..], ref head) == ParseStatus.Incomplete) break;
            used += head.Length;
            server.Requests++;
            _bodyLeft = head.ContentLength;
            _keepAlive = head.KeepAlive;
            _isHead = head.IsHead;
            server.Router.Answer(this, ref head);
            if (HttpServer.BufferSize - _sendLength < Router.MaximumReply) Flush();
        }

        _processing = false;
        Flush();
        return used;
    }

    private void Continue()
    {
        Flush();
        if (_input.Length > 0 && !_closing) _input.Consume(Process(_input.Span));
        Settle();
    }

    /// <summary>After a turn: closes, or says what to be woken for.</summary>
    private void Settle()
    {
        if (Slot < 0) return;
        if (_output.Length > 0)
        {
            server.Loop.Modify(this, Libc.EPOLLOUT);
            return;
        }

        if (_closing)
        {
            Linger();
            return;
        }

        // While an answer is waited for the interest in input may stay, Receive drops it when it gets in the way; that in output may not.
        if (!_waiting) server.Loop.Modify(this, Libc.EPOLLIN);
        else if ((Interest & Libc.EPOLLOUT) != 0) server.Loop.Modify(this, 0);
    }

    private bool SendRest()
    {
        nint sent = Libc.send(Descriptor, _output.Start, (nuint)_output.Length, Libc.MSG_NOSIGNAL);
        if (sent < 0 && Libc.Errno == Errno.EAGAIN) return false;
        if (sent < 0)
        {
            CloseNow();
            return false;
        }

        _output.Consume((int)sent);
        if (_output.Length > 0) return false;
        Continue();
        return Slot >= 0 && !_closing;
    }

    /// <summary>Closes so that the answer arrives: close(2) with bytes unread would send a reset that overtakes it (RFC 9112, 9.6).</summary>
    private void Linger()
    {
        if (_draining) return;
        _draining = true;
        _input.Clear();
        if (Libc.shutdown(Descriptor, Libc.SHUT_WR) != 0)
        {
            CloseNow();
            return;
        }

        server.Loop.Modify(this, Libc.EPOLLIN);
        SetTimer(LingerTime, CloseNow);
    }

    private void CloseNow()
    {
        if (Slot < 0) return;
        if (_timer is not null) server.Loop.CancelTimer(_timer);
        _input.Clear();
        _output.Clear();
        _sendLength = 0;
        Generation++;
        server.Loop.Close(this);
        server.Release(this);
    }

    private void SetTimer(long nanoseconds, Action action)
    {
        _timerAction = action;
        _timer ??= new LoopTimer(() => _timerAction!());
        server.Loop.SetTimer(_timer, nanoseconds);
    }

    private void WriteReply(int status, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        var writer = new ByteWriter(new Span<byte>(server.SendBuffer + _sendLength, HttpServer.BufferSize - _sendLength));
        writer.Append("HTTP/1.1 "u8);
        writer.Append(HttpStatus.Line(status));
        writer.Append("\r\nContent-Type: "u8);
        writer.Append(contentType);
        writer.Append("\r\nContent-Length: "u8);
        writer.Append(body.Length);
        writer.Append(_keepAlive ? "\r\nConnection: keep-alive\r\n\r\n"u8 : "\r\nConnection: close\r\n\r\n"u8);
        if (!_isHead) writer.Append(body);
        _sendLength += writer.Length;
    }
}
