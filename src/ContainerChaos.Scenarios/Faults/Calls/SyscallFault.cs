using System.Globalization;
using System.Security.Cryptography;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// Has system calls of a container fail without happening, or happen later, by seccomp user notification: all of them, each n-th or a share, of every file or some.
/// The container has been made with these calls as fault points.
/// </summary>
/// <param name="Calls">The calls by name, or <see cref="FileSystemCalls.Group"/>.</param>
/// <remarks>It is about calls, not about what they do: what is mapped (mmap(2)), io_uring and the vDSO make none.</remarks>
public sealed record SyscallFault(IReadOnlyList<string> Calls) : FaultSpec
{
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    // Chosen once: a plan is made again when it is written.
    private readonly string _id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <inheritdoc/>
    public override string Name => "syscall";

    /// <summary>The error that they fail with; <see cref="Errno.None"/> lets them happen after their delay.</summary>
    public Errno Errno { get; init; }

    /// <summary>How long they wait, up to an hour. Only a signal that kills ends the wait, as with a disk that does not answer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Each n-th of them is meant, counted over all of them together.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The share of them that is meant at random, up to 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>The seed of that; null for another each time.</summary>
    public int? Seed { get; init; }

    /// <summary>The files that are meant, as the container has them, with wildcards: <c>/data/*</c>. Null for all; of <see cref="FileSystemCalls.Group"/>, for all that are files and no sockets or pipes.</summary>
    public string? Path { get; init; }

    /// <summary>An error by its name or number.</summary>
    /// <returns>False for what is none, and for 0.</returns>
    public static bool TryParse(string text, out Errno errno) =>
        Enum.TryParse(text, ignoreCase: true, out errno) && errno is > 0 and <= (Errno)133;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        IReadOnlyList<string> calls = FileSystemCalls.Expand(Calls);
        Check(target, calls);
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: only calls of a container of ours can be intercepted, from its start on.", target.Name) { Remedy = "Choose a container that was made with New-Container -FaultPoint." };
        if (calls.Except(container.FaultPoints).ToArray() is { Length: > 0 } missing)
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: {string.Join(", ", missing)} is no fault point of it, and what it calls can't be intercepted after its start.", target.Name)
            {
                Remedy = $"Make it with -FaultPoint {string.Join(',', Calls)}" + (container.FaultPoints.Count > 0 ? $"; it has {string.Join(", ", container.FaultPoints)}." : "."),
            };
        }

        string? path = Path ?? (Calls.Contains(FileSystemCalls.Group) ? "/*" : null);
        string socket = new ContainerPaths(container.RootPath, container.RunPath).FaultPoints;
        return new FaultPlan
        {
            Effect = $"{string.Join(", ", Calls)} {Describe(path)} (seccomp user notification)",
            Apply =
            [
                new FaultStep
                {
                    Operation = FaultOperation.AddRule,
                    Path = socket,
                    Rule = new CallRule { Id = _id, Calls = calls, Errno = (int)Errno, Delay = Delay, Every = Every, Share = Share, Seed = Seed ?? Random.Shared.Next(), Path = path },
                },
            ],
            Undo = [new FaultStep { Operation = FaultOperation.RemoveRule, Path = socket, Value = _id }],
            Holds = [.. calls.Select(call => $"{call} of {container.Id[..12]}")],
        };
    }

    private void Check(ChaosTarget target, IReadOnlyList<string> calls)
    {
        (string Wrong, string Remedy)? found =
            calls.Count == 0 ? ("no call is named", "Name some: fsync, connect.")
            : Errno == Errno.None && Delay == TimeSpan.Zero ? ("nothing is to happen to the calls", "Give an error, a delay, or both.")
            : Delay < TimeSpan.Zero || Delay > s_longest ? ("the delay is not between 0 and an hour", "Give a shorter one.")
            : Every < 1 || Share is <= 0 or > 1 or double.NaN ? ("none of the calls are meant", "Give a share of more than 0 and at most 1, or each n-th with n of at least 1.")
            : Path is not null && calls.FirstOrDefault(call => !FileSystemCalls.IsAboutFile(call)) is { } other ? ($"{other} is about no file that can be told", "Leave the path out, or that call.")
            : null;
        if (found is { } error)
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target}: the fault {Name}: {error.Wrong}.", target.Name) { Remedy = error.Remedy };
    }

    private string Describe(string? path)
    {
        string text = path is null ? "" : $"of {path} ";
        if (Every > 1)
            text += string.Create(CultureInfo.InvariantCulture, $"each {Every}. time ");
        if (Share < 1)
            text += string.Create(CultureInfo.InvariantCulture, $"in {Share * 100:0.####} % of all cases ");
        if (Delay > TimeSpan.Zero)
            text += string.Create(CultureInfo.InvariantCulture, $"wait for {Delay.TotalMilliseconds:0.###} ms{(Errno == Errno.None ? "" : " and ")}");
        return (text + (Errno == Errno.None ? "" : $"fail with {Errno}, without happening")).TrimEnd();
    }
}
