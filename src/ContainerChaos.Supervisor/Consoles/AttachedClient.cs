using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Somebody at a container's standard streams: a socket for input and output, and one for errors where there is no terminal.</summary>
internal sealed class AttachedClient
{
    internal AttachedClient(FileDescriptor stream, FileDescriptor? errors, bool givesInput)
    {
        Stream = stream;
        Errors = errors;
        GivesInput = givesInput;
        Output = new Backlog(stream);
        ErrorOutput = errors is null ? Output : new Backlog(errors);
    }

    /// <summary>Input comes from here, and standard output goes here.</summary>
    internal FileDescriptor Stream { get; }

    internal FileDescriptor? Errors { get; }

    internal Backlog Output { get; }

    internal Backlog ErrorOutput { get; }

    /// <summary>Whether what it sends is the container's input. It stops when there is no more.</summary>
    internal bool GivesInput { get; }

    /// <summary>Whether it has said that it sends no more.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>Whether it is let go as soon as it has everything.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>What is waited for of the stream.</summary>
    internal EventPollFlags Watched { get; set; }

    /// <summary>What is waited for of the socket for errors.</summary>
    internal EventPollFlags ErrorsWatched { get; set; }

    internal bool HasAll => Output.IsEmpty && ErrorOutput.IsEmpty;
}
