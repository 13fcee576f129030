using System.Globalization;
using System.Text.Json;
using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// The faults in force, a file each: written before the fault is applied and deleted after it was undone, so that
/// whoever comes next knows what a killed run left behind.
/// </summary>
/// <remarks>The files are below the run root, which does not outlive the boot, as no fault does.</remarks>
/// <param name="runRoot">The engine's run root.</param>
public sealed class FaultLedger(string runRoot)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static long s_last;

    /// <summary>The folder of the files.</summary>
    public string Directory { get; } = Path.Combine(runRoot, "faults");

    /// <summary>Writes a fault down. Apply it only after this returned.</summary>
    /// <param name="action">What will be done.</param>
    /// <param name="containerId">The container's id.</param>
    /// <param name="containerName">The container's name.</param>
    /// <param name="undo">What undoes it.</param>
    /// <returns>The entry; hand it to <see cref="StrikeOut"/>.</returns>
    /// <exception cref="IOException">The file cannot be written: then the fault must not be applied.</exception>
    public FaultRecord Write(string action, string containerId, string containerName, string undo)
    {
        System.IO.Directory.CreateDirectory(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        int pid = Environment.ProcessId;
        var record = new FaultRecord
        {
            Id = NextId(pid),
            Action = action,
            ContainerId = containerId,
            ContainerName = containerName,
            Undo = undo,
            AppliedAt = DateTimeOffset.UtcNow,
            Pid = pid,
            PidStartTime = ProcessStat.TryReadStartTime(pid) ?? 0,
        };
        string path = PathOf(record.Id);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(record, s_json));
        File.Move(path + ".new", path);
        return record;
    }

    /// <summary>Strikes a fault out: it is undone. Striking out twice is no error.</summary>
    /// <param name="record">The entry.</param>
    public void StrikeOut(FaultRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        File.Delete(PathOf(record.Id));
    }

    /// <summary>The faults in force, oldest first.</summary>
    /// <returns>The entries; a file that is not one is left out.</returns>
    public IReadOnlyList<FaultRecord> List()
    {
        if (!System.IO.Directory.Exists(Directory))
            return [];
        var records = new List<FaultRecord>();
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory, "*.json").Order(StringComparer.Ordinal))
            if (TryRead(path) is { } record)
                records.Add(record);
        return records;
    }

    /// <summary>Whether the process that applied a fault still lives.</summary>
    /// <param name="record">The entry.</param>
    /// <returns>True while it does.</returns>
    public static bool IsOwned(FaultRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return ProcessStat.TryReadStartTime(record.Pid) == record.PidStartTime;
    }

    private static FaultRecord? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FaultRecord>(File.ReadAllBytes(path), s_json);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }

    private static string NextId(int pid)
    {
        long now = DateTimeOffset.UtcNow.UtcTicks;
        long last = Interlocked.Read(ref s_last);
        while (Interlocked.CompareExchange(ref s_last, Math.Max(now, last + 1), last) is var seen && seen != last)
            last = seen;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(now, last + 1):x16}-{pid}");
    }

    private string PathOf(string id) => Path.Combine(Directory, id + ".json");
}
