using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class FaultLedgerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ccledger").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_fault_is_on_disk_before_it_is_applied_and_gone_after_it_is_struck_out()
    {
        var ledger = new FaultLedger(_directory);
        (FaultRecord record, FileDescriptor handle) = ledger.Write(() => Made("crash"));
        using (handle)
        {
            FaultRecord read = Assert.Single(new FaultLedger(_directory).List());
            Assert.Equal((record.Id, "crash", "name"), (read.Id, read.Fault, read.Target.Name));
            Assert.False(ledger.IsAbandoned(record.Id));
            Assert.Empty(ledger.UndoAbandoned());
            ledger.StrikeOut(record.Id);
            ledger.StrikeOut(record.Id);
        }

        Assert.Empty(ledger.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Fact]
    public void Faults_are_listed_in_the_order_they_were_written_and_rubbish_is_passed_over()
    {
        var ledger = new FaultLedger(_directory);
        Assert.Empty(ledger.List());
        string[] ids = [.. Enumerable.Range(0, 20).Select(i =>
        {
            (FaultRecord record, FileDescriptor handle) = ledger.Write(() => Made("a" + i));
            handle.Dispose();
            return record.Id;
        })];
        File.WriteAllText(Path.Combine(ledger.Directory, "half.json"), "{");
        Assert.Equal(ids, ledger.List().Select(r => r.Id));
    }

    [Fact]
    public void An_entry_whose_writer_died_is_undone_by_whoever_comes_next()
    {
        string file = Path.Combine(_directory, "limit");
        File.WriteAllText(file, "32");
        var ledger = new FaultLedger(_directory);
        (FaultRecord record, FileDescriptor handle) = ledger.Write(() => Made("limit") with { Undo = [FaultStep.Write(file, "64"), FaultStep.Write(file + ".gone", "1")] });
        handle.Dispose();
        Assert.True(ledger.IsAbandoned(record.Id));
        Assert.Equal(record.Id, Assert.Single(ledger.UndoAbandoned()).Id);
        Assert.Equal("64", File.ReadAllText(file));
        Assert.False(Directory.Exists(ledger.Directory));
    }

    [Fact]
    public void Many_processes_may_write_and_strike_out_at_once()
    {
        var ledger = new FaultLedger(_directory);
        Parallel.For(0, 200, i =>
        {
            (FaultRecord record, FileDescriptor handle) = ledger.Write(() => Made("a" + i));
            using (handle)
            {
                Assert.Equal("a" + i, ledger.TryRead(record.Id)!.Fault);
                ledger.StrikeOut(record.Id);
            }
        });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    private static FaultRecord Made(string fault) => new()
    {
        Id = "",
        Fault = fault,
        Effect = "nothing",
        Target = new FaultSubject { Kind = "container", Name = "name", Id = "id" },
        Since = DateTimeOffset.UtcNow,
        Pid = Environment.ProcessId,
        PidStartTime = ProcessStat.TryReadStartTime(Environment.ProcessId)!.Value,
    };
}
