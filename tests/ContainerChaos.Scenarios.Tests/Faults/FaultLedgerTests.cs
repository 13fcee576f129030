using System.Diagnostics;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class FaultLedgerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ccledger").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_fault_is_on_disk_before_it_is_applied_and_gone_after_it_is_struck_out()
    {
        var ledger = new FaultLedger(_directory);
        FaultRecord record = ledger.Write("crash by SIGKILL", "id", "name", "remove the container");
        Assert.Equal(record, Assert.Single(new FaultLedger(_directory).List()));
        Assert.True(FaultLedger.IsOwned(record));
        ledger.StrikeOut(record);
        ledger.StrikeOut(record);
        Assert.Empty(ledger.List());
        Assert.Empty(Directory.EnumerateFiles(ledger.Directory));
    }

    [Fact]
    public void Faults_are_listed_in_the_order_they_were_written_and_rubbish_is_passed_over()
    {
        var ledger = new FaultLedger(_directory);
        Assert.Empty(ledger.List());
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => ledger.Write("a" + i, "id", "name", "undo").Id)];
        File.WriteAllText(Path.Combine(ledger.Directory, "half.json"), "{");
        Assert.Equal(ids, ledger.List().Select(r => r.Id));
    }

    [Fact]
    public void A_fault_of_a_process_that_died_is_nobodys()
    {
        using Process process = Process.Start("true");
        process.WaitForExit();
        FaultRecord record = new FaultLedger(_directory).Write("a", "id", "name", "undo");
        Assert.False(FaultLedger.IsOwned(record with { Pid = process.Id }));
        Assert.False(FaultLedger.IsOwned(record with { PidStartTime = record.PidStartTime + 1 }));
    }
}
