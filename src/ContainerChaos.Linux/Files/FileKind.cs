namespace ContainerChaos.Linux;

/// <summary>What an inode is (inode(7), the file type of st_mode).</summary>
public enum FileKind
{
    /// <summary>A type this version does not know.</summary>
    Unknown,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A FIFO.</summary>
    Fifo,

    /// <summary>A Unix socket.</summary>
    Socket,
}
