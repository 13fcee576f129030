using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Scenarios;

/// <summary>A file as the container sees it: whether it is there, its size, and what it says.</summary>
/// <param name="Path">The path in the container.</param>
public sealed record FileProbe(string Path) : ScenarioProbe
{
    private const int Most = 1 << 20;

    internal static readonly ToleranceGrammar Grammar = new(
        "a tolerance of a file",
        "'size < 10m', 'content contains ready' or 'exists = no'",
        new ToleranceTerm(Exists, ToleranceUnit.Text) { Operators = ["="], Values = ["yes", "no"] },
        new ToleranceTerm("size", ToleranceUnit.Size),
        new ToleranceTerm("content", ToleranceUnit.Text));

    private const string Exists = "exists";

    /// <inheritdoc/>
    public override string Kind => "file";

    /// <inheritdoc/>
    internal override ProbeReading Look(ProbeSubject subject, CancellationToken cancellationToken)
    {
        ChaosTarget target = ChaosTarget.Of(subject.Engine.Get(subject.Id));
        try
        {
            // From the root of its first process nothing leads out, whatever its symbolic links say.
            using UnixDirectory root = UnixDirectory.Open($"/proc/{target.Pid}/root");
            using SafeFileHandle? file = root.TryOpenRegularFileInRoot(Path.TrimStart('/'));
            if (file is null)
                return Tolerances.Any(t => t.Subject == Exists) ? new ProbeReading().With(Exists, "no") : ProbeReading.Failed($"there is no file {Path}");
            var content = new byte[(int)Math.Min(RandomAccess.GetLength(file), Most)];
            int length = RandomAccess.Read(file, content, 0);
            return new ProbeReading()
                .With(Exists, "yes")
                .With("size", ToleranceUnit.Size, RandomAccess.GetLength(file))
                .With("content", Encoding.UTF8.GetString(content, 0, length));
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            return ProbeReading.Failed(e.Message);
        }
    }
}
