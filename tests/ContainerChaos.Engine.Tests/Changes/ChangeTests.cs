using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class ChangeTests : ShellTest
{
    [BusyboxFact]
    public void What_is_added_changed_and_deleted_is_told_apart_as_docker_diff_does()
    {
        ImportShell(tree =>
        {
            foreach (var folder in new[] { "data/kept", "data/gone/deep", "data/anew", "data/mode" })
                Directory.CreateDirectory(Path.Combine(tree, folder));
            foreach (var file in new[] { "data/kept/a", "data/kept/b", "data/gone/deep/c", "data/anew/old", "data/anew/same", "data/touched", "data/turned", "data/untouched" })
            {
                File.WriteAllText(Path.Combine(tree, file), "before");
                File.SetLastWriteTimeUtc(Path.Combine(tree, file), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
            }
        });
        var container = Idle();
        Assert.Empty(Engine.GetChanges(container.Id));

        Shell(container, """
            echo after > /data/kept/a
            rm -r /data/gone
            cp -p /data/anew/same /tmp_same; rm -r /data/anew; mkdir /data/anew; cp -p /tmp_same /data/anew/same; echo x > /data/anew/new; rm /tmp_same
            chmod 700 /data/mode
            touch /data/touched
            rm /data/turned; mkdir /data/turned; echo y > /data/turned/in
            : >> /data/untouched
            mkdir -p /made/deep; echo z > /made/deep/file; ln -s /etc/passwd /made/link
            rm /bin/cut
            """);

        Assert.Equal(
            """
            C /bin
            D /bin/cut
            C /data
            C /data/anew
            A /data/anew/new
            D /data/anew/old
            D /data/gone
            C /data/kept
            C /data/kept/a
            C /data/mode
            C /data/touched
            C /data/turned
            A /data/turned/in
            A /made
            A /made/deep
            A /made/deep/file
            A /made/link
            """,
            string.Join('\n', Engine.GetChanges(container.Id)));
        var running = Engine.GetChanges(container.Id);
        Engine.Stop(container.Id);
        Assert.Equal(running, Engine.GetChanges(container.Id));
        Assert.Equal(container.Name, running[0].Container);
    }

    [BusyboxFact]
    public void A_saved_image_is_what_later_changes_are_counted_from()
    {
        ImportShell(tree => Directory.CreateDirectory(Path.Combine(tree, "data")));
        var first = Idle();
        Shell(first, "echo 1 > /data/one; echo 2 > /data/two; rm /bin/cut");
        Engine.Save(first.Id, "second");
        var second = Engine.Start(Engine.Create(new ContainerCreateOptions { Image = "second", Command = ["/bin/sleep", "infinity"], StopTimeout = TimeSpan.Zero }).Id);
        Assert.Empty(Engine.GetChanges(second.Id));

        Shell(second, "rm -r /data; mkdir /data; echo 3 > /data/three; echo cut > /bin/cut");

        Assert.Equal(["C /bin", "A /bin/cut", "C /data", "D /data/one", "A /data/three", "D /data/two"], Engine.GetChanges(second.Id).Select(change => change.ToString()));
    }

    [BusyboxFact]
    public void A_volume_s_content_is_no_change_and_its_place_is_one()
    {
        ImportShell();
        Directory.CreateDirectory(Root["shared"]);
        var container = Idle(options => options with { Volumes = [Root["shared"] + ":/mnt/shared"] });

        Shell(container, "echo 1 > /mnt/shared/file; echo 2 > /dev/shm/file; mkdir /dev/shm/folder");

        Assert.Equal(["A /mnt", "A /mnt/shared"], Engine.GetChanges(container.Id).Select(change => change.ToString()));
    }

    [BusyboxFact]
    public void A_link_that_a_container_puts_in_a_directory_s_place_leads_nowhere()
    {
        ImportShell();
        var container = Idle();
        Shell(container, "ln -s / /outside; ln -s ../../../.. /up");

        Assert.Equal(["A /outside", "A /up"], Engine.GetChanges(container.Id).Select(change => change.ToString()));
    }

    [BusyboxFact]
    public void Processes_have_their_user_s_name_in_the_container_and_the_time_that_they_used()
    {
        ImportShell();
        var container = Engine.Start(Engine.Create(Busybox("/bin/sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; exec sleep infinity") with { User = "app", StopTimeout = TimeSpan.Zero }).Id);
        AwaitLog(container);

        var process = Assert.Single(Engine.GetProcesses(container.Id));

        Assert.Equal("app", process.User);
        Assert.Equal(1000, process.UserId);
        Assert.InRange(process.CpuTime, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(1));
        Assert.InRange(process.StartedAt, container.StartedAt!.Value.AddSeconds(-2), DateTimeOffset.UtcNow);
        Assert.Null(process.Terminal);
    }
}
