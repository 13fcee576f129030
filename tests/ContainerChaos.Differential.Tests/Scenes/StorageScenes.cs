namespace ContainerChaos.Differential.Tests;

/// <summary>Binds, the read-only root, and whose the files are.</summary>
internal static class StorageScenes
{
    public static IReadOnlyList<Scene> All { get; } =
    [
        new("bind", ["inside", "outside", "mount"], stage =>
        {
            var folder = stage.NewFolder();
            File.WriteAllText(Path.Combine(folder, "from-the-host"), "hello\n");
            var container = stage.Started(ContainerRequest.Script("cat /data/from-the-host; echo hi > /data/from-inside; stat -c %u:%g /data/from-inside; awk '$5 == \"/data\" { print $6 }' /proc/self/mountinfo >&2") with { Binds = [folder + ":/data"] });
            stage.Host.Wait(container);
            var log = stage.Host.ReadLog(container);
            stage.Tell("inside", string.Join(',', log.Where(line => line[0] == 'o')));
            stage.Tell("outside", string.Join(',', Directory.GetFiles(folder).Select(file => $"{Path.GetFileName(file)} {File.ReadAllText(file).Trim()}").Order()));
            stage.Tell("mount", string.Join(',', log.Where(line => line[0] == 'e')));
        }),
        new("bind-read-only", ["inside"], stage =>
        {
            var folder = stage.NewFolder();
            stage.Tell("inside", stage.Run(ContainerRequest.Script("touch /data/x; rm -r /data; awk '$5 == \"/data\" { print $6 }' /proc/self/mountinfo") with { Binds = [folder + ":/data:ro"] }));
        }),
        new("bind-file", ["inside"], stage =>
        {
            var file = Path.Combine(stage.NewFolder(), "f");
            File.WriteAllText(file, "hello\n");
            stage.Tell("inside", stage.Run(ContainerRequest.Script("cat /srv/new/place/f; stat -c %F /srv/new/place/f; stat -c '%a %u:%g' /srv/new/place") with { Binds = [file + ":/srv/new/place/f"] }));
        }),
        new("bind-missing", ["inside", "made"], stage =>
        {
            var folder = Path.Combine(stage.NewFolder(), "deep/er");
            stage.Tell("inside", stage.Run(ContainerRequest.Script("stat -c '%F %a %u:%g' /data") with { Binds = [folder + ":/data"] }));
            stage.Tell("made", Directory.Exists(folder));
        }),
        new("bind-over-image-files", ["inside"], stage =>
        {
            var folder = stage.NewFolder();
            stage.Tell("inside", stage.Run(ContainerRequest.Script("ls -A /etc/passwd /home") with { Binds = [folder + ":/home"] }));
        }),
        new("bind-nested", ["inside"], stage =>
        {
            var (outer, inner) = (stage.NewFolder(), stage.NewFolder());
            stage.Tell("inside", stage.Run(ContainerRequest.Script("touch /data/inner/x /data/y; awk '$5 ~ \"^/data\" { print $5 }' /proc/self/mountinfo") with { Binds = [inner + ":/data/inner", outer + ":/data"] }));
        }),
        new("bind-below-a-link", ["inside", "outside"], stage =>
        {
            // The image's link leads out of the container only if somebody follows it on the host.
            var (folder, target) = (stage.NewFolder(), stage.NewFolder());
            File.CreateSymbolicLink(Path.Combine(folder, "link"), "/srv");
            stage.Tell("inside", stage.Run(ContainerRequest.Script("touch /data/link/below/x; ls /srv") with { Binds = [folder + ":/data", target + ":/data/link/below"] }));
            stage.Tell("outside", string.Join(',', Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName)));
        }),
        new("bind-errors", ["twice", "relative", "to-the-root", "mode"], stage =>
        {
            var (plain, folder) = (new ContainerRequest { Command = ["true"] }, stage.NewFolder());
            stage.TellWhether("twice", () => stage.Create(plain with { Binds = [folder + ":/data", folder + ":/data"] }));
            stage.TellWhether("relative", () => stage.Create(plain with { Binds = [folder + ":data"] }));
            stage.TellWhether("to-the-root", () => stage.Create(plain with { Binds = [folder + ":/"] }));
            stage.TellWhether("mode", () => stage.Create(plain with { Binds = [folder + ":/data:nonsense"] }));
        }),
        Scene.Inside(
            "read-only", new ContainerRequest { ReadOnly = true },
            ("root", "touch /x; awk '$5 == \"/\" { print $6 }' /proc/self/mountinfo"),
            ("tmp", "touch /tmp/x"),
            ("dev-shm", "touch /dev/shm/x && ls /dev/shm"),
            ("dev", "touch /dev/x && ls /dev/x"),
            ("etc", "touch /etc/hosts; touch /etc/x"),
            ("run", "ls -d /run; touch /run/x")),
        new("read-only-with-a-bind", ["inside"], stage =>
        {
            var folder = stage.NewFolder();
            stage.Tell("inside", stage.Run(ContainerRequest.Script("touch /data/x && echo written") with { ReadOnly = true, Binds = [folder + ":/data"] }));
        }),
        Scene.Run("upper-layer", ContainerRequest.Script("rm -r /home /etc/group; ls -d /home /etc/group; mkdir /home; ls -A /home; echo x >> /etc/passwd; wc -l < /etc/passwd; ln /etc/passwd /tmp/p && stat -c %h /tmp/p; mv /srv /srv2 && ls -d /srv2; mkfifo /tmp/f && stat -c %F /tmp/f")),
        new("upper-layer-of-two", ["second"], stage =>
        {
            stage.Run(ContainerRequest.Script("echo x > /etc/passwd"));
            stage.Tell("second", stage.Run(ContainerRequest.Script("wc -l < /etc/passwd")));
        }),
    ];
}
