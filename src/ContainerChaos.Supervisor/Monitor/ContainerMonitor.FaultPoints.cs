using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The process that answers the container's intercepted calls: it is started here, and lives on its own.</summary>
internal sealed partial class ContainerMonitor
{
    private static readonly TimeSpan s_answersEnd = TimeSpan.FromSeconds(2);

    private SeqPacketSocket? _answers;

    private FaultPoints? Points => _definition.FaultPoints.Count == 0 ? null : new FaultPoints(_definition.FaultPoints, listener =>
    {
        File.Delete(_paths.FaultPoints);
        using (var socket = SeqPacketSocket.Listen(_paths.FaultPoints))
            FaultPointProgram.Start(listener, socket, _paths.RunDirectory);
        WatchAnswers();
    });

    /// <summary>
    /// Holds a connection to it, which nobody uses: it ends with that process, and can be made anew as long as a spare is there. When it can't, the
    /// listener is closed for good, every intercepted call fails with ENOSYS, and PID 1 is ended as by a crash: the next one has a listener again.
    /// </summary>
    private void WatchAnswers()
    {
        _answers = SeqPacketSocket.TryConnect(_paths.FaultPoints);
        if (_answers is not null)
        {
            _loop.Add(_answers, EventPollFlags.EPOLLIN, _ => OnAnswers());
            return;
        }
        const int SIGKILL = 9;
        _events.Publish(EventTypes.FaultPointsLost);
        _process?.SendSignal(SIGKILL);
        _starting?.Kill();
    }

    private void OnAnswers()
    {
        Span<byte> message = stackalloc byte[1];
        var length = _answers!.Receive(message, out _);
        if (length < 0)
            return;
        _loop.Close(_answers);
        _answers = null;
        // Of its own accord it goes only when nobody is left who could call.
        if (length == 0)
            WatchAnswers();
    }

    /// <summary>PID 1 has ended, and with it that process does, in a moment: nothing shall be left of it.</summary>
    private void EndAnswers()
    {
        if (_answers is null)
            return;
        _loop.Remove(_answers);
        using var poll = new EventPoll();
        poll.Add(_answers, EventPollFlags.EPOLLIN, 0);
        Span<byte> message = stackalloc byte[1];
        while (poll.Wait(s_answersEnd, static (_, _) => { }) > 0 && _answers.Receive(message, out _) != 0)
        {
        }
        _answers.Dispose();
        _answers = null;
    }
}
