namespace ContainerChaos.Target.Commands;

/// <summary>The texts of <c>--help</c> and of <c>GET /</c>.</summary>
internal static class Usage
{
    /// <summary>The endpoints of <c>serve</c>.</summary>
    public static ReadOnlySpan<byte> Endpoints => """
        GET or POST; answers are JSON unless noted. A parameter that makes no sense gets 400 and the reason.

          /healthz                   'ok' (text)
          /work?ms=N                 answers after N ms (0); other requests do not wait for it
          /fork?n=N                  runs N children (1) at once and waits for them; 503 when fork(2) fails, as it does when the PID table is full
          /info                      pid, memory, descriptors, children, zombies, signals, damage done so far
          /leak?mb=M&rate=R          takes M megabytes and writes to every page, R MB/s (0: as fast as it goes); without mb: until killed.
                                     202 at once; with wait=1 200 when done
          /zombies?n=N               N children (1) that exit and are not reaped; says how many fork(2) allowed
          /orphans?n=N&ms=T          N grandchildren (1) that outlive their parent by T ms (100): PID 1 inherits them and has to reap them
          /cpu?threads=N&seconds=S   N threads (1) that burn CPU for S seconds (10; 0: for ever)
          /fds?n=N                   opens N descriptors and keeps them; without n: until the limit
          /fill?mb=M&path=P          adds M megabytes to the file P (/fill); mb=0: until the disk is full
          /exit?code=N               answers, then ends with code N (0)
          /crash                     dies of SIGSEGV, as PID 1 too; no answer

        """u8;

    /// <summary>All of <c>--help</c>.</summary>
    public static ReadOnlySpan<byte> Help => """
        target: a small web service with bad habits on request, in one static file

        usage: target [COMMAND] [ARGUMENT...]        without a command: serve

        SERVICE
          serve [OPTION...]        HTTP/1.1 on every address given, one thread, no state
            --port N               TCP port, 0 = any free one (8080 if no address is given)
            --unix PATH            Unix socket; a dead one in its place is replaced
            --ignore-term          ignores SIGTERM (SIG_IGN)
            --no-handler           leaves SIGTERM alone (SIG_DFL): as PID 1 of a pid namespace it has no effect
            --term-delay DURATION  goes on serving for so long after SIGTERM (3s, 250ms), then ends with code 0
            --drain DURATION       after SIGTERM closes each connection with its next answer, and those without a request after so long; ends when none is left
            --fork-app             runs the service as a child, passes no signal on and reaps nothing else, as 'sh -c app' does

          On SIGTERM, SIGINT or SIGQUIT serve ends at once with code 0. GET / lists what it can break.

        BAD HABITS, without the service
          leak [--mb M] [--rate R] takes M megabytes (no limit) at R MB/s (as fast as it goes), then blocks
          zombies N                makes N children, reaps none, then blocks; prints how many there are
          orphans N [MS]           makes N orphans that live MS milliseconds (100), then blocks
          cpu N [SECONDS]          burns CPU on N threads (for ever)
          crash                    dies of SIGSEGV

        PROCESSES
          true, false, exit N      end at once with code 0, 1, N
          sleep SECONDS|infinity   sleeps; signals have their default action
          pause                    blocks for ever; signals have their default action
          signals                  prints each signal it gets, one a line; ends with SIGTERM twice or SIGKILL
          kill SIGNAL PID          sends a signal
          notify FIELD...          one message to the service manager (sd_notify(3)): READY=1 STATUS=up
          seq CMD [;|& CMD]...     runs these commands one after the other (';') or in the background ('&'); code of the last

        LOOKING AROUND, for images without a shell
          echo TEXT...   env [NAME]   id   hostname   ps   cat FILE...   ls [DIR]   stat FILE...
          call NUMBER [ARG...]     makes a system call; prints its result or error. An argument is a number, or a text after '@'
          write FILE TEXT...   append FILE TEXT...   mkdir DIR...   rm FILE...
          get [--port N|--unix PATH] [PATH]   GET from the service (/healthz), prints the body; 0 if the status is 2xx

        EXIT CODE  0 done, 1 failed, 2 usage, else as said above

        """u8;
}
