@{
    RootModule = 'ContainerChaos.PowerShell.dll'
    # The build writes the version of Directory.Build.props here.
    ModuleVersion = '0.0.0'
    GUID = '5c1d0e3f-7f0a-4b8e-9a55-6d3f6f0b9c21'
    Author = 'The ContainerChaos authors'
    Copyright = 'Copyright (c) 2026 The ContainerChaos authors. MIT licence.'
    Description = 'A Linux container runtime driven from PowerShell, and a toolkit that breaks containers on purpose and measures how fast they come back.'
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')
    TypesToProcess = @('ContainerChaos.types.ps1xml')
    FormatsToProcess = @('ContainerChaos.format.ps1xml')
    CmdletsToExport = @(
        'Add-ContainerImageTag'
        'Clear-Container'
        'Clear-ContainerImage'
        'Clear-ContainerNetwork'
        'Clear-ContainerSystem'
        'Clear-ContainerVolume'
        'Compare-ChaosResult'
        'Connect-Container'
        'Copy-ContainerItem'
        'Disconnect-Container'
        'Enter-Container'
        'Export-ContainerImage'
        'Get-ChaosResult'
        'Get-ChaosTarget'
        'Get-Container'
        'Get-ContainerChange'
        'Get-ContainerDiskUsage'
        'Get-ContainerImage'
        'Get-ContainerImageHistory'
        'Get-ContainerLog'
        'Get-ContainerNamespace'
        'Get-ContainerNetwork'
        'Get-ContainerProcess'
        'Get-ContainerStats'
        'Get-ContainerVolume'
        'Get-Fault'
        'Get-ZombieCount'
        'Import-ContainerImage'
        'Invoke-ChaosScenario'
        'Invoke-Container'
        'Invoke-ContainerCommand'
        'Invoke-Fault'
        'Invoke-NetworkFault'
        'Move-ContainerPort'
        'New-Container'
        'New-ContainerNetwork'
        'New-ContainerVolume'
        'Receive-ContainerImage'
        'Remove-Container'
        'Remove-ContainerImage'
        'Remove-ContainerNetwork'
        'Remove-ContainerVolume'
        'Rename-Container'
        'Restart-Container'
        'Restore-Container'
        'Resume-Container'
        'Save-Container'
        'Send-ContainerImage'
        'Send-Signal'
        'Start-Container'
        'Start-Fault'
        'Start-NetworkFault'
        'Stop-Chaos'
        'Stop-Container'
        'Stop-Fault'
        'Suspend-Container'
        'Undo-Fault'
        'Update-Container'
        'Wait-Container'
        'Watch-ContainerEvent'
    )
    FunctionsToExport = @()
    AliasesToExport = @('Pull-ContainerImage', 'Push-ContainerImage')
    VariablesToExport = @()
    PrivateData = @{
        PSData = @{
            Tags = @('Container', 'Chaos', 'Resilience', 'OCI', 'Linux', 'PSEdition_Core')
        }
    }
}
