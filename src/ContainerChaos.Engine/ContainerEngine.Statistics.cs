using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>The shortest time over which a CPU's share is measured: the kernel brings the counters up to date a hundred times a second or so.</summary>
    public static readonly TimeSpan ShortestStatisticsInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes sure that a container runs, paused or not.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <exception cref="ContainerException">InvalidState: it does not. ContainerNotFound.</exception>
    public void CheckRunning(string nameOrId)
    {
        var (definition, state) = Look(nameOrId);
        if (!IsActive(state))
            throw NotRunning(definition, state, "read the statistics of");
    }

    /// <summary>Reads what running containers use, all over the same interval.</summary>
    /// <param name="namesOrIds">As in <see cref="Get"/>.</param>
    /// <param name="interval">Over which the CPU's share is measured, from <see cref="ShortestStatisticsInterval"/> on.</param>
    /// <param name="follow">Whether to go on, with a reading of each at every interval, until none of them runs any more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ContainerException">InvalidState: one does not run. ContainerNotFound.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<ContainerStatistics> ReadStatistics(
        IReadOnlyList<string> namesOrIds, TimeSpan interval, bool follow = false, CancellationToken cancellationToken = default)
    {
        if (interval < ShortestStatisticsInterval)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"An interval of {interval.TotalMilliseconds:0} ms is too short to measure a share of a CPU.", null, "Give 0.1 seconds or more.");
        var readers = new List<(string Id, StatisticsReader Reader)>();
        foreach (var name in namesOrIds)
        {
            CheckRunning(name);
            var (id, reader) = (Find(name).Id, new StatisticsReader(CgroupHost.Current.Group(GetCgroupPath(Find(name).Id))));
            // The first reading is what the shares are counted from.
            TryReadStatistics(reader, id, out _);
            readers.Add((id, reader));
        }
        return Read();

        IEnumerable<ContainerStatistics> Read()
        {
            do
            {
                // The measured interval itself: there is no event to wait for but its end and the caller's.
                if (cancellationToken.WaitHandle.WaitOne(interval))
                    cancellationToken.ThrowIfCancellationRequested();
                foreach (var entry in readers.ToArray())
                {
                    if (!TryReadStatistics(entry.Reader, entry.Id, out var statistics))
                        readers.Remove(entry);
                    else if (statistics is not null)
                        yield return statistics;
                }
            }
            while (follow && readers.Count > 0);
        }
    }

    /// <returns>False when the container is down; true without statistics when it is just being restarted.</returns>
    private bool TryReadStatistics(StatisticsReader reader, string id, out ContainerStatistics? statistics)
    {
        statistics = null;
        try
        {
            var container = Get(id);
            if (container.Pid is { } pid)
                statistics = reader.Read(container, pid);
            return container.State is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.ContainerNotFound)
        {
            return false;
        }
    }
}
