using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What ccrun does to files as the root of a user namespace, and what it can't be led to.</summary>
public sealed class NamespaceRootTests : IDisposable
{
    private static readonly IdMaps s_maps = IdMaps.Parse("0:0:1,1:100000:1000/0:0:1,1:100000:1000");

    private readonly TestRoot _root = new();

    public NamespaceRootTests()
    {
        Directory.CreateDirectory(_root["tree/within"]);
        File.WriteAllText(_root["tree/within/file"], "text");
        File.WriteAllText(_root["outside"], "text");
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Owners_bits_and_file_capabilities_are_given()
    {
        // VFS_CAP_REVISION_2 with CAP_NET_RAW; in a namespace it becomes revision 3, which names the namespace's root.
        byte[] capability = [1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Give(
            Change("within/file", FileKind.Regular, 5, 6, 0x9ED, new("security.capability", capability), new("user.text", Encoding.UTF8.GetBytes("a\0b\n"))),
            Change("", FileKind.Directory, 7, 7, 0x1C0));
        var file = FileStatus.Read(_root["tree/within/file"]);
        Assert.Equal((100004u, 100005u, 0x9EDu), (file.UserId, file.GroupId, file.Mode));
        Assert.Equal((100006u, 0x1C0u), (FileStatus.Read(_root["tree"]).UserId, FileStatus.Read(_root["tree"]).Mode));
        var attributes = ExtendedAttributes.Read(_root["tree/within/file"]).ToDictionary();
        Assert.Equal("a\0b\n", Encoding.UTF8.GetString(attributes["user.text"]));
        Assert.Contains("security.capability", attributes.Keys);
    }

    [Fact]
    public void A_link_out_of_the_tree_is_not_followed()
    {
        File.CreateSymbolicLink(_root["tree/link"], _root["outside"]);
        File.CreateSymbolicLink(_root["tree/folder"], _root.Directory);
        Give(Change("link", FileKind.Regular, 5, 5, 0x1FF), Change("folder/outside", FileKind.Regular, 5, 5, 0x1FF), Change("link", FileKind.SymbolicLink, 5, 5, 0x1FF));
        var outside = FileStatus.Read(_root["outside"]);
        Assert.Equal(0u, outside.UserId);
        Assert.NotEqual(0x1FFu, outside.Mode);
        Assert.Equal(100004u, FileStatus.Read(_root["tree/link"]).UserId);
    }

    [Fact]
    public void What_is_gone_or_has_become_something_else_is_left_alone()
    {
        Give(Change("nowhere/file", FileKind.Regular, 5, 5, 0x1FF), Change("within", FileKind.Regular, 5, 5, 0x1FF));
        Assert.Equal(0u, FileStatus.Read(_root["tree/within"]).UserId);
    }

    [Fact]
    public void An_id_that_the_namespace_does_not_have_is_an_error_with_a_remedy()
    {
        var error = Assert.Throws<ContainerException>(() => Give(Change("within/file", FileKind.Regular, 5000, 0, 0x1FF)));
        Assert.Equal(ErrorReason.PermissionDenied, error.Reason);
        Assert.Contains("EINVAL", error.Message);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public void A_tree_is_removed_with_the_files_of_others()
    {
        Give(Change("within/file", FileKind.Regular, 5, 5, 0), Change("within", FileKind.Directory, 5, 5, 0));
        NamespaceRoot.Remove(TestRoot.CcrunPath, s_maps, _root["tree"]);
        Assert.False(Directory.Exists(_root["tree"]));
    }

    [Fact]
    public void A_tree_that_belongs_to_nobody_in_the_namespace_is_not_removed()
    {
        using (var tree = UnixDirectory.Open(_root["tree"]))
            tree.SetOwner("within", 200000, 200000);
        var error = Assert.Throws<ContainerException>(() => NamespaceRoot.Remove(TestRoot.CcrunPath, s_maps, _root["tree"]));
        Assert.Equal(ErrorReason.PermissionDenied, error.Reason);
        Assert.True(File.Exists(_root["tree/within/file"]));
    }

    private void Give(params OwnerChange[] changes)
    {
        OwnerChange.Write(_root["list"], changes);
        NamespaceRoot.GiveOwners(TestRoot.CcrunPath, s_maps, _root["tree"], _root["list"]);
    }

    private static OwnerChange Change(string path, FileKind kind, uint user, uint group, uint mode, params KeyValuePair<string, byte[]>[] attributes) =>
        new(path, kind, user, group, mode, attributes);
}
